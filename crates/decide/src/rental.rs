//! Words for computing time that is rented out, for models that are trained for others, and for services that are no export of goods.

use crate::spelling::squashed;

/// What is to be said of an order whose activity is a service.
pub(crate) const SERVICE: &str = "A service (rented computing time, training for others, support) is no export, reexport or transfer of the item, \
     and no license requirement for items decides it: 15 CFR 744.6 asks of it whom a U.S. person supports ((b)(5): military intelligence; (b)(1) to (3): \
     nuclear explosives, missiles, chemical and biological weapons), and BIS's policy statement of 13 May 2025 for whom models are trained. What is shipped \
     for it is an order of its own.";

/// Parts of a text, without spaces, that show that computing time is rented out, and each of which means nothing else.
const RENTAL: &[&str] = &[
    "iaas",
    "infrastructureasaservice",
    "cloud",
    "gpuaas",
    "gpuasaservice",
    "computeasaservice",
    "computingasaservice",
    "hpcasaservice",
    "trainingasaservice",
    "rentedcomput",
    "rentalofcomput",
    "rentalofgpu",
    "rentalofaccelerator",
    "rentingcomput",
    "rentinggpu",
    "rentingoutcomput",
    "rentingoutgpu",
    "computerental",
    "computingrental",
    "computetimerental",
    "gpurental",
    "gpulease",
    "gpuleasing",
    "leaseofcomput",
    "leasingofcomput",
    "leasingcomput",
    "rechenleistungvermiet",
    "vermietungvonrechen",
    "vermietungvongpu",
    "gpuvermietung",
    "locationdegpu",
    "locationdecalcul",
    "locationdepuissance",
    "informatiqueennuage",
    "alquilerdegpu",
    "alquilerdecomput",
    "computacionenlanube",
    "serviciosenlanube",
    "云计算",
    "云服务",
    "雲端",
    "雲服務",
    "算力租",
    "算力出租",
    "租赁算力",
    "gpu租",
    "クラウド",
    "gpuレンタル",
    "計算資源の貸",
    "облачн",
    "облако",
    "арендаgpu",
    "арендавычислит",
    "арендамощност",
    "클라우드",
    "gpu임대",
    "gpu대여",
    "컴퓨팅임대",
];

/// The same for models that are trained for somebody else.
const TRAINING_FOR_OTHERS: &[&str] = &[
    "trainingforother",
    "trainingforcustomer",
    "trainingforclient",
    "trainingforthirdpart",
    "trainingfortenant",
    "trainingonbehalf",
    "trainmodelsforother",
    "trainmodelsforcustomer",
    "trainmodelsforclient",
    "trainmodelsforthirdpart",
    "modelsforcustomers",
    "modelsforclients",
    "contracttraining",
    "trainingfurdritte",
    "trainingfurkunden",
    "entrainementpourdestiers",
    "entrainementpourdesclients",
    "entrenamientoparaterceros",
    "entrenamientoparaclientes",
    "代训练",
    "代訓練",
    "为客户训练",
    "为第三方训练",
    "受託学習",
    "他社のための学習",
    "обучениедлятретьих",
    "обучениедлязаказчик",
    "위탁학습",
];

/// Parts of an activity that show a service.
const SERVICES: &[&str] = &["service", "support", "rental", "training", "maintenance"];

/// Whether a declared end use says, wherever in it, that computing time is rented to others or that models are trained for others.
pub(crate) fn says_rental(end_use: &str) -> bool {
    let text = squashed(end_use);
    RENTAL.iter().chain(TRAINING_FOR_OTHERS).any(|part| text.contains(part))
}

/// Whether an activity that is none of the law's is a service.
pub(crate) fn says_service(activity: &str) -> bool {
    let text = squashed(activity);
    SERVICES.iter().chain(RENTAL).chain(TRAINING_FOR_OTHERS).any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rented_computing_time_is_seen_in_every_language() {
        for text in [
            "IaaS",
            "Infrastructure-as-a-Service",
            "cloud",
            "AI cloud",
            "data center / cloud",
            "GPU-as-a-Service",
            "GPU rental",
            "rented compute",
            "Renting out compute",
            "training for others",
            "Model training for customers",
            "model training on behalf of a third party",
            "Vermietung von Rechenleistung",
            "location de GPU",
            "alquiler de GPU",
            "算力租赁",
            "云服务",
            "クラウドサービス",
            "облачные услуги",
            "аренда GPU",
            "클라우드 서비스",
            "위탁 학습",
        ] {
            assert!(says_rental(text), "{text}");
        }
        for text in ["training", "data_center", "colocation", "research", "resale", "own model training", "gaming", ""]
        {
            assert!(!says_rental(text), "{text}");
        }
    }

    #[test]
    fn services_are_no_activity_of_the_law() {
        for text in ["service", "IaaS", "compute rental", "technical support", "training for others"] {
            assert!(says_service(text), "{text}");
        }
        assert!(!says_service("hand carry"));
    }
}
