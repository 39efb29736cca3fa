//! Well-known companies, institutions and names in their own scripts are found by the Latin names that lists would have of them.
//!
//! The pairs are the project's own selection of public names, apart from the lists of companies that the lexicons were held against.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use tollgate_screening::{Query, Scratch, Screener, THRESHOLD, read_lists};

/// How many of the names are found, of a hundred, and those that are not.
fn share_found(pairs: &[(&str, &str)]) -> (usize, Vec<String>) {
    let rows: Vec<String> = pairs.iter().map(|(_, latin)| format!("\"{latin}\",Entity List")).collect();
    let text = format!("name,list\n{}\n", rows.join("\n"));
    let screener = Screener::new(read_lists(&[("own.csv".to_owned(), text.into_bytes())]).unwrap());
    let mut scratch = Scratch::default();
    let mut missed = Vec::new();
    for (name, latin) in pairs {
        let query = Query { names: &[name], ..Query::default() };
        let hits = screener.screen(query, THRESHOLD, 10, &mut scratch);
        if !hits.iter().any(|hit| hit.name == *latin) {
            let best = screener.screen(query, 0, 1, &mut scratch);
            let best =
                best.first().map_or(String::new(), |hit| format!("{} {}", hit.points, hit.explanation().join("; ")));
            missed.push(format!("{name}: {latin} ({best})"));
        }
    }
    ((pairs.len() - missed.len()) * 100 / pairs.len(), missed)
}

fn at_least(share: usize, pairs: &[(&str, &str)]) {
    let (reached, missed) = share_found(pairs);
    assert!(reached >= share, "{reached} percent are found: {missed:#?}");
}

#[test]
fn japanese() {
    at_least(
        80,
        &[
            ("東京エレクトロン株式会社", "Tokyo Electron Limited"),
            ("川崎重工業株式会社", "Kawasaki Heavy Industries, Ltd."),
            ("富士通株式会社", "Fujitsu Limited"),
            ("村田製作所", "Murata Manufacturing Co., Ltd."),
            ("島津製作所", "Shimadzu Corporation"),
            ("京セラ株式会社", "Kyocera Corporation"),
            ("株式会社小松製作所", "Komatsu Ltd."),
            ("住友商事", "Sumitomo Corporation"),
            ("丸紅株式会社", "Marubeni Corporation"),
            ("三井物産株式会社", "Mitsui & Co., Ltd."),
            ("豊田通商", "Toyota Tsusho Corporation"),
            ("日本製鉄", "Nippon Steel Corporation"),
            ("旭化成株式会社", "Asahi Kasei Corporation"),
            ("東レ株式会社", "Toray Industries, Inc."),
            ("信越化学工業", "Shin-Etsu Chemical Co., Ltd."),
            ("浜松ホトニクス", "Hamamatsu Photonics K.K."),
            ("安川電機", "Yaskawa Electric Corporation"),
            ("ルネサスエレクトロニクス", "Renesas Electronics Corporation"),
            ("東京大学", "The University of Tokyo"),
            ("京都大学", "Kyoto University"),
            ("大阪大学", "Osaka University"),
            ("東北大学", "Tohoku University"),
            ("三菱電機", "Mitsubishi Electric Corporation"),
            ("横河電機", "Yokogawa Electric Corporation"),
            ("山田太郎", "Taro Yamada"),
            ("鈴木一郎", "Ichiro Suzuki"),
            ("ソフトバンクグループ株式会社", "SoftBank Group Corp."),
            ("パナソニックホールディングス", "Panasonic Holdings Corporation"),
            ("日本郵船", "Nippon Yusen Kabushiki Kaisha"),
            ("国立研究開発法人理化学研究所", "RIKEN"),
            ("フジシールインターナショナル", "Fuji Seal International, Inc."),
            ("株式会社キングジム", "King Jim Co., Ltd."),
            ("加藤製作所", "Kato Works Co., Ltd."),
            ("日本無線株式会社", "Nihon Musen Co., Ltd."),
        ],
    );
}

#[test]
fn korean() {
    at_least(
        80,
        &[
            ("삼성전기 주식회사", "Samsung Electro-Mechanics Co., Ltd."),
            ("에스케이하이닉스", "SK hynix Inc."),
            ("현대자동차", "Hyundai Motor Company"),
            ("기아", "Kia Corporation"),
            ("한국전력공사", "Korea Electric Power Corporation"),
            ("두산에너빌리티", "Doosan Enerbility Co., Ltd."),
            ("롯데케미칼", "Lotte Chemical Corporation"),
            ("대한항공", "Korean Air Lines Co., Ltd."),
            ("한화에어로스페이스", "Hanwha Aerospace Co., Ltd."),
            ("엘지화학", "LG Chem, Ltd."),
            ("포스코홀딩스", "POSCO Holdings Inc."),
            ("신한은행", "Shinhan Bank"),
            ("국민은행", "Kookmin Bank"),
            ("서울대학교", "Seoul National University"),
            ("부산대학교", "Pusan National University"),
            ("고려대학교", "Korea University"),
            ("셀트리온", "Celltrion, Inc."),
            ("네이버 주식회사", "NAVER Corporation"),
            ("카카오", "Kakao Corp."),
            ("김정은", "Kim Jong Un"),
            ("리영길", "Ri Yong Gil"),
            ("박봉주", "Pak Pong Ju"),
            ("최룡해", "Choe Ryong Hae"),
            ("조선광선은행", "Korea Kwangson Banking Corp"),
            ("한미반도체", "Hanmi Semiconductor Co., Ltd."),
            ("효성중공업", "Hyosung Heavy Industries Corporation"),
            ("블랙야크", "Black Yak Co., Ltd."),
            ("이명박", "YI Myung-bak"),
            ("박정희", "BAK Jeong Hui"),
            ("펌텍코리아", "Pum-Tech Korea Co., Ltd."),
        ],
    );
}

#[test]
fn chinese() {
    at_least(
        80,
        &[
            ("清华大学", "Tsinghua University"),
            ("上海交通大学", "Shanghai Jiao Tong University"),
            ("西安电子科技大学", "Xidian University"),
            ("南京航空航天大学", "Nanjing University of Aeronautics and Astronautics"),
            ("北京理工大学", "Beijing Institute of Technology"),
            ("中国科学院微电子研究所", "Institute of Microelectronics, Chinese Academy of Sciences"),
            ("中兴通讯股份有限公司", "ZTE Corporation"),
            ("浪潮集团有限公司", "Inspur Group Co., Ltd."),
            ("中国船舶集团有限公司", "China State Shipbuilding Corporation Limited"),
            ("海康威视", "Hikvision"),
            ("杭州海康威视数字技术股份有限公司", "Hangzhou Hikvision Digital Technology Co., Ltd."),
            ("浙江大华技术股份有限公司", "Zhejiang Dahua Technology Co., Ltd."),
            ("长江存储科技有限责任公司", "Yangtze Memory Technologies Co., Ltd."),
            ("中芯国际集成电路制造有限公司", "Semiconductor Manufacturing International Corporation"),
            ("寒武纪科技", "Cambricon Technologies"),
            ("上海寒武纪信息科技有限公司", "Shanghai Cambricon Information Technology Co., Ltd."),
            ("深圳大疆创新科技有限公司", "Shenzhen DJI Innovation Technology Co., Ltd."),
            ("科大讯飞股份有限公司", "iFLYTEK Co., Ltd."),
            ("天津飞腾信息技术有限公司", "Tianjin Phytium Information Technology Co., Ltd."),
            ("無錫江南計算技術研究所", "Wuxi Jiangnan Institute of Computing Technology"),
            ("国防科技大学", "National University of Defense Technology"),
            ("四川大学", "Sichuan University"),
            ("中国工程物理研究院", "Chinese Academy of Engineering Physics"),
            ("哈尔滨工业大学", "Harbin Institute of Technology"),
            ("王伟", "Wang Wei"),
            ("陳大文", "CHAN Tai Man"),
            ("張國榮", "CHEUNG Kwok Wing"),
            ("贝拉克·奥巴马", "Barack Obama"),
            ("习近平", "Hsi Chin-ping"),
            ("长城汽车股份有限公司", "Great Wall Motor Company Limited"),
            (
                "中国航天科技集团第八研究院八一一研究所",
                "China Aerospace Science and Technology Corporation (CASC) 8th Academy 811 Research Institute",
            ),
        ],
    );
}

#[test]
fn cyrillic() {
    at_least(
        95,
        &[
            ("Ростехнологии", "Rostekhnologii"),
            ("АО Концерн Калашников", "Concern Kalashnikov JSC"),
            ("Байкал Электроникс", "Baikal Electronics"),
            ("Уралвагонзавод", "Uralvagonzavod"),
            ("Московский физико-технический институт", "Moskovskiy Fiziko-Tekhnicheskiy Institut"),
            ("Сбербанк", "Sberbank"),
            ("Владимир Петрович Кузнецов", "Vladimir Petrovich Kuznetsov"),
        ],
    );
}

#[test]
fn arabic() {
    at_least(
        80,
        &[
            ("محمد علي حسيني", "Mohammad Ali Hosseini"),
            ("بنك سورية", "Bank Syria"),
            ("شركة النور للتجارة", "Al-Nour Trading Company"),
            ("خالد محمود", "Khalid Mahmoud"),
            ("دانشگاه صنعتی شریف", "Sharif University of Technology"),
            ("بانک ملی ایران", "Bank Melli Iran"),
            ("عبد الرحمن السوداني", "Abdul Rahman Al-Sudani"),
        ],
    );
}

#[test]
fn greek() {
    at_least(
        80,
        &[
            ("Εθνική Τράπεζα της Ελλάδος", "National Bank of Greece"),
            ("Παπαδόπουλος Γεώργιος", "Georgios Papadopoulos"),
            ("Ελληνικά Πετρέλαια Α.Ε.", "Hellenic Petroleum S.A."),
            ("Αεροπορία Αιγαίου", "Aeroporia Aigaiou"),
            ("Νικόλαος Κωνσταντίνου", "Nikolaos Konstantinou"),
            ("Μυτιληναίος", "Mytilineos"),
            ("Μοτορόιλ", "Motoroil"),
        ],
    );
}

#[test]
fn hebrew() {
    at_least(
        80,
        &[
            ("בנק הפועלים", "Bank Hapoalim"),
            ("משה כהן", "Moshe Cohen"),
            ("אוניברסיטת תל אביב", "Tel Aviv University"),
            ("תעשיות אווירית לישראל", "Israel Aerospace Industries"),
            ("מכון ויצמן", "Weizmann Institute"),
            ("דוד לוי", "David Levy"),
            ("רפאל מערכות", "Rafael Systems"),
        ],
    );
}

#[test]
fn thai() {
    at_least(
        80,
        &[
            ("ธนาคารกรุงเทพ จำกัด (มหาชน)", "Bangkok Bank Public Company Limited"),
            ("มหาวิทยาลัยมหิดล", "Mahidol University"),
            ("สมชาย", "Somchai"),
            ("ธนาคารกสิกรไทย", "Kasikornthai Bank"),
            ("มหาวิทยาลัยเกษตรศาสตร์", "Kasetsart University"),
            ("บริษัท ปตท จำกัด", "PTT Limited"),
            ("ธนาคารกรุงไทย", "Krungthai Bank"),
        ],
    );
}

#[test]
fn vietnamese() {
    at_least(
        95,
        &[
            ("Ngân hàng Ngoại thương Việt Nam", "Ngan hang Ngoai thuong Viet Nam"),
            ("Nguyễn Văn Đức", "Nguyen Van Duc"),
            ("Tập đoàn Viễn thông Quân đội", "Tap doan Vien thong Quan doi"),
            ("Trần Thị Thu Hà", "Tran Thi Thu Ha"),
            ("Công ty Cổ phần FPT", "Cong ty Co phan FPT"),
            ("Lê Thị Hạnh", "Le Thi Hanh"),
            ("Đỗ Mười", "Do Muoi"),
        ],
    );
}

#[test]
fn armenian_and_georgian() {
    at_least(
        80,
        &[
            ("Երևանի պետական համալսարան", "Yerevan State University"),
            ("Նիկոլ Փաշինյան", "Nikol Pashinyan"),
            ("Գազպրոմ Արմենիա", "Gazprom Armenia"),
            ("თბილისის სახელმწიფო უნივერსიტეტი", "Tbilisi State University"),
            ("საქართველოს ბანკი", "Bank of Georgia"),
            ("გიორგი მარგველაშვილი", "Giorgi Margvelashvili"),
            ("Արմեն Սարգսյան", "Armen Sargsyan"),
        ],
    );
}

#[test]
fn hindi() {
    at_least(
        80,
        &[
            ("टाटा मोटर्स लिमिटेड", "Tata Motors Limited"),
            ("नरेंद्र मोदी", "Narendra Modi"),
            ("भारतीय प्रौद्योगिकी संस्थान", "Indian Institute of Technology"),
            ("रिलायंस इंडस्ट्रीज", "Reliance Industries"),
            ("अमित कुमार", "Amit Kumar"),
            ("महिंद्रा", "Mahindra"),
            ("राजेश शर्मा", "Rajesh Sharma"),
        ],
    );
}
