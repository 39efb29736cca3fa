//! Exports in further languages: each is read by its headers, and what its users write in cells is understood or asked.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;

use tollgate_intake::{Intake, Options, intake};
use tollgate_law::Law;

type Lines = Vec<BTreeMap<String, String>>;

fn table(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn read(name: &str, bytes: &[u8]) -> (Lines, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let law = Law::embedded().unwrap();
    let taken = intake(&[path], &Options::default(), &law.catalog).map_err(|error| error.to_string()).unwrap();
    (table(&taken.orders), taken)
}

fn column(lines: &Lines, name: &str) -> Vec<String> {
    lines.iter().map(|line| line[name].clone()).collect()
}

#[test]
fn a_reseller_in_korea() {
    let text = "\
2026년 11월 선적 목록,,,,,,,,,
주문번호,선적일,구매자,수하인,최종사용자,목적국,품명,모델,수량,용도
K-1,2026년 11월 20일,한강전자,Fjell Render AS,Fjell Render AS,노르웨이,그래픽카드,RTX 5090,12,렌더링
K-2,26.11.23,한강전자,Sao Mai Co,,베트남,가속기,H200 NVL,4대,클라우드
K-3,2026.11.24,한강전자,Sao Mai Co,미정,베트남,가속기,L4,3개,클라우드
합계,,,,,,,,19,
";
    let (lines, _) = read("선적.csv", text.as_bytes());
    assert_eq!(column(&lines, "date"), ["2026-11-20", "2026-11-23", "2026-11-24"]);
    assert_eq!(column(&lines, "destination"), ["NO", "VN", "VN"]);
    assert_eq!(column(&lines, "item"), ["GeForce RTX 5090", "H200 NVL", "L4"]);
    assert_eq!(column(&lines, "quantity"), ["12", "4", "3"]);
    assert_eq!(column(&lines, "end_user"), ["Fjell Render AS", "", "? 미정"]);
}

#[test]
fn customs_extracts_of_france_poland_and_turkey() {
    let french = "\
N° déclaration;Date de la déclaration;Expéditeur;Destinataire;Pays de destination;Désignation des marchandises;Nomenclature;Nombre d'unités;Utilisation finale
26FR1;05/11/2026;Cartes du Lac SARL;Atlas Calcul SA;Maroc;Carte graphique NVIDIA L40S 48 Go;84733020;12;Centre de données
26FR2;17/11/2026;Cartes du Lac SARL;Rendu Alpin SA;Chine, RAS de Hong Kong;Carte NVIDIA RTX 6000 Ada;84733020;6;Rendu 3D
";
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(french);
    let (lines, _) = read("douane.csv", &latin);
    assert_eq!(column(&lines, "order_id"), ["26FR1", "26FR2"]);
    assert_eq!(column(&lines, "date"), ["2026-11-05", "2026-11-17"]);
    assert_eq!(column(&lines, "destination"), ["MA", "HK"]);
    assert_eq!(
        (column(&lines, "item"), column(&lines, "quantity")),
        (vec!["L40S".to_owned(), "RTX 6000 Ada".to_owned()], vec!["12".to_owned(), "6".to_owned()])
    );
    let polish = "\
Nr zamówienia;Data wysyłki;Nadawca;Odbiorca;Użytkownik końcowy;Kraj przeznaczenia;Nazwa towaru;Ilość;J.m.;Zastosowanie końcowe
Z/1;20 listopada 2026;Warta Karty sp. z o.o.;Minsk Systemy;Instytut Obrony;Białoruś;Karta graficzna RTX 4090;20;szt.;badania
Razem;;;;;;;20;;
";
    let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode(polish);
    let (lines, _) = read("zamowienia.csv", &bytes);
    assert_eq!(column(&lines, "date"), ["2026-11-20"]);
    assert_eq!(
        (column(&lines, "destination"), column(&lines, "end_user")),
        (vec!["BY".to_owned()], vec!["Instytut Obrony".to_owned()])
    );
    let turkish = "\
Beyanname No;Tarih;İhracatçı;Alıcı;Son Kullanıcı;Varış Ülkesi;Eşya Tanımı;Miktar;Birim;Birim Fiyat;Döviz
26TR1;20.11.2026;Haliç Bilişim;Hazar Render MMC;;Azerbaycan;NVIDIA A100 80GB PCIe ekran kartı;4;adet;9.800,00;USD
";
    let (lines, _) = read("beyan.csv", turkish.as_bytes());
    assert_eq!(
        (column(&lines, "destination"), column(&lines, "item")),
        (vec!["AZ".to_owned()], vec!["A100 PCIe 80GB".to_owned()])
    );
    assert_eq!(
        (column(&lines, "quantity"), column(&lines, "unit_price_usd")),
        (vec!["4".to_owned()], vec!["9800".to_owned()])
    );
}

#[test]
fn spanish_portuguese_russian_and_arabic_orders() {
    let spanish = "\
Nº pedido;Fecha de envío;Destinatario;Usuario final;País de destino;Descripción de la mercancía;Cantidad;Unidad
P-1;20/11/2026;Cómputo Sur SAC;;Perú;Tarjeta gráfica NVIDIA RTX 5090;10;uds
P-2;21/11/2026;Centro Costa;Ministerio de Defensa;Emiratos Árabes Unidos;Servidor con 8 x H100 SXM5;1;ud
";
    let (lines, _) = read("pedidos.csv", spanish.as_bytes());
    assert_eq!(column(&lines, "destination"), ["PE", "AE"]);
    assert_eq!(
        (lines[0]["item"].as_str(), lines[1]["end_user"].as_str()),
        ("GeForce RTX 5090", "Ministerio de Defensa")
    );
    let portuguese = "\
Nota fiscal;Data de emissão;Importador;País de destino;Descrição da mercadoria;Quantidade;Unidade
N-1;20 de novembro de 2026;Nuvem Lusa;Portugal;Placa de vídeo NVIDIA L40S 48GB;4;UN
";
    let (lines, _) = read("notas.csv", portuguese.as_bytes());
    assert_eq!(
        (lines[0]["date"].as_str(), lines[0]["item"].as_str(), lines[0]["quantity"].as_str()),
        ("2026-11-20", "L40S", "4")
    );
    let russian = "\
Номер заказа;Дата отгрузки;Грузополучатель;Конечный пользователь;Страна назначения;Наименование товара;Количество;Ед. изм.
Р-1;20 ноября 2026 г.;ТОО Степной Расчёт;;Казахстан;Видеокарта NVIDIA RTX 4090;15;шт
Итого;;;;;;15;
";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
    let (lines, _) = read("заказы.csv", &bytes);
    assert_eq!((lines.len(), lines[0]["date"].as_str(), lines[0]["destination"].as_str()), (1, "2026-11-20", "KZ"));
    assert_eq!(lines[0]["item"], "GeForce RTX 4090");
    let arabic = "\
رقم الطلب,تاريخ الشحن,المرسل إليه,المستخدم النهائي,بلد المقصد,وصف البضاعة,الكمية
A-1,2026-11-20,شركة الواحة الخضراء,وزارة الدفاع,عُمان,NVIDIA L40S,٤
";
    let (lines, _) = read("طلبات.csv", arabic.as_bytes());
    assert_eq!(
        (lines[0]["destination"].as_str(), lines[0]["quantity"].as_str(), lines[0]["end_user"].as_str()),
        ("OM", "4", "وزارة الدفاع")
    );
}
