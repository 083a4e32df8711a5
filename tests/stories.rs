//! The story level: retellings are found, and nothing else is taken for one.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use retold::config::{NEAR_RECALL, NEAR_SIMILARITY};
use retold::lsh;
use retold::lsh::near::Bands;
use retold::minhash::near::signature;
use retold::score::story::Profiles;
use retold::shingle::near::shingles;
use retold::store::{Column, Store, StoreError, Table};
use retold::text::Tokens;
use std::collections::BTreeMap;
use support::cli::{Place, line, text as string};
use support::news::text;
use support::stories::Story;

/// A line of JSON with a date, too.
fn dated(id: &str, date: &str, text: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "date": date, "text": text }))
}

/// A crowd of stories that are told once, around those that are looked at.
fn crowd(articles: u64) -> String {
    (0..articles)
        .map(|n| line(&format!("crowd-{n:04}"), &Story::new(1_000_000 + n).told(2_000_000 + n)))
        .collect()
}

#[test]
fn two_retellings_by_themselves_and_an_article_of_one_word() {
    let place = Place::new();
    let story = Story::new(1);
    let two = line("a", &story.told(11)) + &line("b", &story.told(12));
    place.write("all.jsonl", &two);
    let run = place.cluster(&["all.jsonl"]).ends(0).counts([2, 2, 1, 0], &[]);
    assert_eq!(run.json()[0]["articles"][1]["relation"], "story");
    // A word of theirs is not their story, and neither is another word.
    let name = &story.facts[0];
    place.write("all.jsonl", two + &line("c", name) + &line("d", "rain") + &line("e", name));
    let run = place.cluster(&["all.jsonl"]).ends(0).counts([5, 4, 2, 1], &[]);
    assert_eq!(run.clusters(), [["a", "b"], ["c", "e"]]);
}

/// For each script a story of a fire, told twice, and another fire. The numbers are put in, so that
/// they differ from one script to the next, but for those of the other fires.
const FIRES: [(&str, [&str; 3]); 10] = [
    (
        "Latin",
        [
            "A fire destroyed the Harwick paper mill on Tuesday night, and @a workers fled through the windows. Foreman Elsa Brodin said the blaze began in the drying hall at @b. In the town of Tolmere @c families live off the mill; its owner, Karsten Vold, promised wages until spring.",
            "Elsa Brodin, the foreman, counted @a workers in the yard of the Harwick mill: all had climbed out of windows. The drying hall, where flames were first seen at @b, is gone. Karsten Vold, who owns it, will pay wages until spring to the @c families of Tolmere.",
            "A furniture store burnt down in the port of Gessling on Friday. Nobody was hurt, said fire chief Anton Reka, as the 9 people inside had gone to lunch. Smoke from foam and varnish kept 1,300 residents indoors, and the road to Pellan was closed for six hours.",
        ],
    ),
    (
        "Cyrillic",
        [
            "Во вторник ночью сгорела бумажная фабрика «Лунёво», @a рабочих выбрались через окна. Мастер Зоя Кармелина рассказала, что огонь начался в сушильном цехе в @b. В посёлке Тихоборск фабрикой живут @c семей; владелец Глеб Ростопшанский обещал платить зарплату до весны.",
            "Зоя Кармелина, мастер смены, насчитала во дворе фабрики «Лунёво» @a рабочих: все вылезли через окна. От сушильного цеха, где пламя заметили в @b, ничего не осталось. Глеб Ростопшанский, которому принадлежит фабрика, будет до весны платить зарплату: в посёлке Тихоборск ею живут @c семей.",
            "В порту Гесслин в пятницу сгорел мебельный магазин. Никто не пострадал, сообщил начальник пожарной части Антон Рекин: 9 сотрудников ушли на обед. Из-за дыма 1300 жителей не выходили из домов, дорога на Пеллу была закрыта шесть часов.",
        ],
    ),
    (
        "Greek",
        [
            "Τη νύχτα της Τρίτης κάηκε το χαρτοποιείο Αρμύλος και @a εργάτες βγήκαν από τα παράθυρα. Η εργοδηγός Ελπίδα Βρονταίου είπε ότι η φωτιά ξεκίνησε στο στεγνωτήριο στις @b. Στο Τολμέρι @c οικογένειες ζουν από το εργοστάσιο και ο ιδιοκτήτης Κάρολος Βολδής υποσχέθηκε μισθούς ως την άνοιξη.",
            "Η Ελπίδα Βρονταίου, εργοδηγός, μέτρησε στην αυλή του εργοστασίου Αρμύλος @a εργάτες, που είχαν πηδήξει από τα παράθυρα. Από το στεγνωτήριο, όπου φάνηκαν φλόγες στις @b, δεν έμεινε τίποτα. Ο Κάρολος Βολδής θα πληρώνει ως την άνοιξη μισθούς στις @c οικογένειες που ζουν στο Τολμέρι.",
            "Κατάστημα επίπλων κάηκε την Παρασκευή στο λιμάνι της Γεσλίνας. Κανείς δεν έπαθε τίποτα, δήλωσε ο διοικητής της πυροσβεστικής Αντώνης Ρέκας, γιατί οι 9 υπάλληλοι είχαν φύγει για φαγητό. Ο καπνός κράτησε 1.300 κατοίκους στα σπίτια τους και ο δρόμος προς την Πέλλανα έκλεισε για έξι ώρες.",
        ],
    ),
    (
        "Arabic",
        [
            "التهم حريق مصنع الورق في بلدة طلمورة ليلة الثلاثاء، وخرج @a عاملا من النوافذ. وقالت رئيسة العمال إلهام البرودي إن النار بدأت في قاعة التجفيف عند الساعة @b. ويعيش من المصنع @c أسرة، ووعد مالكه كرم الفولدي بدفع الأجور حتى الربيع.",
            "أحصت إلهام البرودي، رئيسة العمال، @a عاملا في ساحة مصنع الورق بعد أن قفزوا من النوافذ. ولم يبق شيء من قاعة التجفيف التي شوهدت فيها ألسنة اللهب عند الساعة @b. وسيدفع كرم الفولدي الأجور حتى الربيع إلى @c أسرة في بلدة طلمورة.",
            "احترق متجر للأثاث في ميناء جسلين يوم الجمعة. ولم يصب أحد، كما قال قائد الإطفاء أنطون ريكا، لأن الموظفين وعددهم 9 كانوا في استراحة الغداء. وأبقى الدخان 1300 من السكان في بيوتهم وأغلق الطريق إلى بلان ست ساعات.",
        ],
    ),
    (
        "Hebrew",
        [
            "שריפה כילתה ביום שלישי בלילה את מפעל הנייר בטולמירה, ו-@a פועלים נמלטו דרך החלונות. מנהלת העבודה אלזה ברודין סיפרה שהאש פרצה באולם הייבוש בשעה @b. מן המפעל מתפרנסות @c משפחות, ובעליו קרסטן וולד הבטיח שכר עד האביב.",
            "אלזה ברודין, מנהלת העבודה, ספרה בחצר מפעל הנייר @a פועלים שקפצו מן החלונות. באולם הייבוש, שבו נראו הלהבות בשעה @b, לא נשאר דבר. קרסטן וולד ישלם שכר עד האביב לאותן @c משפחות בטולמירה.",
            "חנות רהיטים עלתה באש ביום שישי בנמל גסלין. איש לא נפגע, אמר מפקד תחנת הכיבוי אנטון רקה, כי 9 העובדים יצאו לארוחת צהריים. העשן השאיר 1,300 תושבים בבתיהם, והכביש לפלאן נסגר לשש שעות.",
        ],
    ),
    (
        "Devanagari",
        [
            "मंगलवार की रात टोलमीरा की कागज मिल जलकर राख हो गई और @a मजदूर खिड़कियों से कूदकर बाहर निकले। फोरमैन एल्सा ब्रोडिन ने बताया कि आग सुखाने वाले हॉल में @b बजे लगी। मिल से @c परिवारों का गुजारा होता है और मालिक कार्स्टन वोल्ड ने वसंत तक वेतन देने का वादा किया है।",
            "फोरमैन एल्सा ब्रोडिन ने मिल के आंगन में @a मजदूर गिने, जो खिड़कियों से कूदे थे। सुखाने वाले हॉल का, जहां @b बजे लपटें दिखीं, कुछ नहीं बचा। कार्स्टन वोल्ड टोलमीरा के @c परिवारों को वसंत तक वेतन देंगे।",
            "शुक्रवार को गेसलिन बंदरगाह में फर्नीचर की एक दुकान जल गई। दमकल प्रमुख एंटन रेका ने कहा कि किसी को चोट नहीं आई, क्योंकि 9 कर्मचारी दोपहर का खाना खाने गए थे। धुएं के कारण 1,300 लोग घरों में रहे और पेलान जाने वाली सड़क छह घंटे बंद रही।",
        ],
    ),
    (
        "Thai",
        [
            "ไฟไหม้โรงงานกระดาษที่เมืองทลเมราเมื่อคืนวันอังคาร คนงาน @a คนหนีออกทางหน้าต่าง หัวหน้าคนงาน เอลซา โบรดิน กล่าวว่าไฟเริ่มที่ห้องอบแห้งเวลา @b น. โรงงานนี้เลี้ยงชีพ @c ครอบครัว และเจ้าของ คาร์สเทน โวลด์ สัญญาว่าจะจ่ายค่าจ้างจนถึงฤดูใบไม้ผลิ",
            "เอลซา โบรดิน หัวหน้าคนงาน นับคนงานได้ @a คนที่ลานโรงงานกระดาษ ทุกคนปีนออกทางหน้าต่าง ห้องอบแห้งซึ่งมีคนเห็นเปลวไฟเวลา @b น. ไม่เหลืออะไรเลย คาร์สเทน โวลด์ จะจ่ายค่าจ้างจนถึงฤดูใบไม้ผลิให้ @c ครอบครัวของเมืองทลเมรา",
            "ร้านเฟอร์นิเจอร์ในท่าเรือเกสลินถูกเพลิงเผาเมื่อวันศุกร์ ไม่มีผู้บาดเจ็บ อันทอน เรกา ผู้บัญชาการดับเพลิงบอกว่าพนักงาน 9 คนออกไปกินข้าวกลางวัน ควันทำให้ชาวบ้าน 1,300 คนต้องอยู่แต่ในบ้าน และถนนไปเปลลันปิดหกชั่วโมง",
        ],
    ),
    (
        "Han",
        [
            "星期二夜里，托梅镇的造纸厂被大火烧毁，@a名工人从窗户逃出。领班艾莎兰说，火是@b从烘干车间烧起来的。全镇有@c户人家靠这家工厂生活，厂主柯士腾答应把工资发到春天。",
            "领班艾莎兰在造纸厂院子里数了数，@a名工人都是翻窗户出来的。@b最先看见火苗的烘干车间已经什么也没剩下。厂主柯士腾将给托梅镇的@c户人家发工资，一直发到春天。",
            "星期五，葛思林港的一家家具店失火。消防队长雷安东说无人受伤，因为店里9名员工正好出去吃午饭。浓烟让1300名居民留在家中，通往佩兰的公路关闭了六个小时。",
        ],
    ),
    (
        "Kana",
        [
            "火曜日の夜、トルメラの製紙工場が全焼し、従業員@a人が窓から逃げた。職長のエルサ・ブロディンさんによると、火は@bに乾燥室で出た。工場で暮らしを立てる家庭は@c世帯あり、社長のカルステン・ボルドさんは春まで給料を払うと約束した。",
            "職長のエルサ・ブロディンさんは製紙工場の庭で@a人の従業員を数えた。みな窓からはい出てきた。@bに炎が見えた乾燥室には何も残っていない。カルステン・ボルドさんはトルメラの@c世帯に春まで給料を払う。",
            "金曜日、ゲスリン港の家具店が燃えた。消防署長のアントン・レカさんは、店員9人は昼食に出ていてけがはなかったと話した。煙のため住民1300人が家にとどまり、ペランへ行く道は六時間通れなかった。",
        ],
    ),
    (
        "Hangul",
        [
            "화요일 밤 톨메라의 제지 공장이 불에 타 노동자 @a 명이 창문으로 빠져나왔다. 작업반장 엘사 브로딘은 불이 @b에 건조실에서 시작됐다고 말했다. 공장으로 먹고사는 집은 @c 가구이며, 주인 카르스텐 볼드는 봄까지 임금을 주겠다고 약속했다.",
            "작업반장 엘사 브로딘은 제지 공장 마당에서 노동자 @a 명을 세었다. 모두 창문으로 뛰어내린 사람들이었다. @b에 불꽃이 보인 건조실은 남은 것이 없다. 카르스텐 볼드는 봄까지 톨메라의 @c 가구에 임금을 준다.",
            "금요일 게슬린 항구의 가구점이 불탔다. 소방서장 안톤 레카는 직원 9 명이 점심을 먹으러 나가 다친 사람이 없다고 밝혔다. 연기 때문에 주민 1300 명이 집에 머물렀고 펠란으로 가는 길이 여섯 시간 동안 막혔다.",
        ],
    ),
];

#[test]
fn retellings_in_ten_scripts_side_by_side() {
    let place = Place::new();
    let mut all = String::new();
    for (at, (script, fires)) in FIRES.iter().enumerate() {
        let figures = [34 + 7 * at, 2110 + 3 * at, 212 + 13 * at].map(|n| n.to_string());
        for (which, text) in ["one", "other", "third"].iter().zip(fires) {
            let [a, b, c] = &figures;
            let text = text.replace("@a", a).replace("@b", b).replace("@c", c);
            all += &line(&format!("{script}-{which}"), &text);
        }
    }
    place.write("all.jsonl", all);
    let run = place.cluster(&["all.jsonl"]).ends(0).counts([30, 20, 10, 10], &[]);
    let mut found = run.clusters();
    found.sort();
    let mut expected: Vec<_> =
        FIRES.map(|(script, _)| vec![format!("{script}-one"), format!("{script}-other")]).to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

/// No table knows a word of it. Two tell of the mill of Sethimar; the third is of other things, in
/// the same little words.
#[test]
fn three_files_in_a_language_that_nobody_speaks() {
    let place = Place::new();
    place.write("a.txt", "Vo Sethimar drovelin ka tuulmek sho 47 brenikar, ta lomvek un hasmerit. Ishka Drenovan melu ka varnitek: vo pelgrith un Oromash sho yeltik ta 1630 zhuvar. Ka Drenovan, ta quorbem, sho Kelvith un Oromash.");
    place.write("b.txt", "Ta Oromash melu Ishka Drenovan vo 1630 zhuvar. Ka brenikar un Sethimar, sho 47, yeltik ta hasmerit ka drovelin; vo lomvek un pelgrith sho Kelvith. Un varnitek ka tuulmek vo quorbem.");
    place.write("c.txt", "Vo Pashkemil tordaneth ka ruvimor sho 52 galtheni, ta wimbrel un festovak. Ulri Venshomar melu ka dorpalith: vo kashimur un Teblion sho ornivek ta 1884 thrasil. Ka Venshomar, ta jeltovar, sho Hudrimel un Teblion.");
    let run = place.cluster(&["a.txt", "b.txt", "c.txt"]).ends(0).counts([3, 2, 1, 1], &[]);
    assert_eq!(run.clusters(), [["a.txt", "b.txt"]]);
    assert_eq!(run.json()[0]["articles"][1]["relation"], "story");
}

/// Next to no memory: every stage goes on in files.
#[test]
fn what_is_written_down_comes_out_the_same() {
    let place = Place::new();
    let twice =
        |n| [1, 2].map(|time| line(&format!("{n}-{time}"), &Story::new(n).told(3 * n + time)));
    place.write("all.jsonl", (0..2_500).flat_map(twice).collect::<String>() + &crowd(1_000));
    let run = |memory, name: &str| {
        let options = ["all.jsonl", "--memory", memory, "--assignments", name];
        let run = place.cluster(&options).ends(0);
        (run.out, place.read(name))
    };
    let in_memory = run("1GiB", "memory.csv");
    assert!(in_memory.0.lines().count() > 2_000);
    assert!(run("1B", "files.csv") == in_memory);
}

/// A text that a dump repeats, each time with a byline of its own so that no two are equal, beside
/// as many that are told once: neither level may look at more pairs than a bounded number for each.
#[test]
fn what_a_dump_repeats_costs_no_more_than_what_it_does_not() {
    const EACH: u64 = 5_000;
    let same = Story::new(7).told(1) + " " + &Story::new(7).told(2);
    let texts = (0..2 * EACH).map(|n| match n % 2 {
        0 => format!("{same} Reader {n}."),
        _ => Story::new(n).told(n),
    });
    let store = Store::new(usize::MAX, &std::env::temp_dir());
    let lists: Vec<Vec<u32>> = texts.map(|text| Tokens::list_of(&text)).collect();
    let mut signatures = Table::new(&store, usize::MAX);
    for list in &lists {
        let signature = signature(shingles(Tokens::of(list))).unwrap();
        signatures.push(signature).unwrap();
    }
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let mut near = Vec::new();
    let keep = |mut pairs: Vec<_>| {
        near.append(&mut pairs);
        Ok(())
    };
    let capped = lsh::near::candidates(&signatures, |_| true, bands, &store, keep).unwrap();
    assert!(capped > 0);
    let most = lists.len() * 2 * bands.bands;
    assert!(near.len() <= most, "{} of {most}", near.len());

    // As many pairs where the near level was left out: the story level holds by itself.
    let mut texts = Column::new(&store, usize::MAX);
    lists.iter().try_for_each(|list| texts.push(list)).unwrap();
    let asked: Vec<u32> = (0..lists.len() as u32).collect();
    let days = |range: std::ops::Range<usize>| Ok(vec![None; range.len()]);
    let limits = lsh::story::Limits::default();
    let tell = &mut |_| Ok::<_, StoreError>(());
    let made = Profiles::new(&texts, &asked, &days, limits.keys, &store, tell).unwrap();
    let mut story = Vec::new();
    let keep = |mut pairs: Vec<_>| {
        story.append(&mut pairs);
        Ok(())
    };
    let allowed = |_, _| true;
    lsh::story::candidates(&made.keys, made.terms, limits, allowed, &store, keep).unwrap();
    story.sort_unstable();
    story.dedup();
    let most = lists.len() * limits.neighbours;
    assert!(story.len() <= most, "{} of {most}", story.len());
}

/// The same as a whole run: equal texts, and strangers.
#[test]
fn one_text_as_often_as_all_others_together() {
    const EACH: u64 = 5_000;
    let place = Place::new();
    let same = Story::new(7).told(1);
    let mut all = String::new();
    for n in 0..EACH {
        all += &line(&format!("same-{n:05}"), &same);
        all += &line(&format!("other-{n:05}"), &text(1_000 + n, 6));
    }
    // A retelling of it is still found.
    all += &line("retold", &Story::new(7).told(2));
    place.write("all.jsonl", all);
    let run = place.cluster(&["all.jsonl"]).ends(0);
    let run = run.counts([2 * EACH + 1, EACH + 1, 1, EACH], &[]);
    let record = &run.json()[0];
    let mut relations = BTreeMap::new();
    for article in record["articles"].as_array().unwrap() {
        assert!(!string(&article["id"]).starts_with("other"), "{article}");
        *relations.entry(string(&article["relation"]).to_owned()).or_insert(0) += 1;
    }
    assert_eq!((relations["exact"], relations["story"]), (EACH - 1, 1));
}

/// Two stories told twice each, and a round-up that tells both: whole, in brief, mostly of one of the
/// two, and in the very words of an article of each.
#[test]
fn an_article_that_tells_two_stories_does_not_make_them_one() {
    for around in [0, 60] {
        for seed in 0..6 {
            let place = Place::new();
            let (x, y) = (Story::new(100 + 2 * seed), Story::new(101 + 2 * seed));
            let sentences =
                |text: String, n: usize| -> String { text.split_inclusive(". ").take(n).collect() };
            let round_ups = [
                x.told(3) + " " + &y.told(13),
                sentences(x.told(3), 2) + &sentences(y.told(13), 2),
                x.told(3) + " " + &sentences(y.told(13), 1),
                x.told(1) + " " + &y.told(11),
            ];
            for round_up in round_ups {
                let lines =
                    [("x1", x.told(1)), ("x2", x.told(2)), ("y1", y.told(11)), ("y2", y.told(12))];
                let mut all: String = lines.iter().map(|(id, text)| line(id, text)).collect();
                all += &line("round-up", &round_up);
                place.write("all.jsonl", all + &crowd(around));
                let clusters = place.cluster(&["all.jsonl"]).ends(0).clusters();
                for story in ["x", "y"] {
                    let two = [format!("{story}1"), format!("{story}2")];
                    let of = |id| clusters.iter().position(|cluster| cluster.contains(id));
                    assert_eq!(of(&two[0]), of(&two[1]), "{clusters:?} ({seed}, {around})");
                    assert!(of(&two[0]).is_some(), "{clusters:?} ({seed}, {around})");
                }
                let fused = |ids: &Vec<String>| {
                    let any = |story| ids.iter().any(|id| id.starts_with(story));
                    any("x") && any("y")
                };
                assert!(!clusters.iter().any(fused), "{clusters:?} ({seed}, {around})");
                let strangers = clusters.iter().flatten().filter(|id| id.starts_with("crowd"));
                assert_eq!(strangers.count(), 0, "{clusters:?} ({seed}, {around})");
            }
        }
    }
}

/// Days of a running story.
const DAYS: u64 = 21;

/// An affair that runs for three weeks: each day something happens, which three papers tell. Of its 22
/// facts five are those of the whole affair, and five are of the day before: so there is a
/// way from the first day to the last.
fn affair() -> String {
    let affair = Story::new(500);
    let mut all = crowd(200);
    let mut before = affair.clone();
    for day in 0..DAYS {
        let event = Story::new(600 + day).with(&before, 5, 1).with(&affair, 5, 0);
        for paper in 0..3 {
            let id = format!("day-{day:02}-{paper}");
            let date = format!("2026-03-{:02}", day + 1);
            all += &dated(&id, &date, &event.told(10 * day + paper));
        }
        before = event;
    }
    all
}

fn day(id: &str) -> Option<u64> {
    id.strip_prefix("day-")?.split('-').next()?.parse().ok()
}

#[test]
fn a_running_story_is_cut_into_its_events() {
    let place = Place::new();
    place.write("all.jsonl", affair());
    let clusters = place.cluster(&["all.jsonl"]).ends(0).clusters();
    let mut whole = 0;
    for cluster in &clusters {
        let days: Vec<Option<u64>> = cluster.iter().map(|id| day(id)).collect();
        assert!(days.iter().all(|day| *day == days[0]), "{cluster:?}");
        whole += u64::from(cluster.len() == 3);
    }
    assert_eq!((clusters.len() as u64, whole), (DAYS, DAYS), "{clusters:?}");
}

/// The same events once more a year later, as anniversaries tell them: one story each, but for the
/// window.
#[test]
fn a_window_keeps_apart_what_is_told_again_much_later() {
    const STORIES: u64 = 8;
    let place = Place::new();
    let mut all = crowd(60);
    for n in 0..STORIES {
        for (at, date) in
            ["2025-05-02", "2025-05-04", "2026-05-03", "2026-05-05"].iter().enumerate()
        {
            let text = Story::new(n).told(10 * n + at as u64);
            all += &dated(&format!("{n}-{at}"), date, &text);
        }
    }
    place.write("all.jsonl", all);
    let clusters = |args: &[&str]| {
        let mut found = place.cluster(&[args, &["all.jsonl"]].concat()).ends(0).clusters();
        found.sort();
        found
    };
    let ids =
        |n: u64, at: &[u64]| -> Vec<String> { at.iter().map(|at| format!("{n}-{at}")).collect() };
    let whole: Vec<_> = (0..STORIES).map(|n| ids(n, &[0, 1, 2, 3])).collect();
    assert_eq!(clusters(&[]), whole);
    let halves: Vec<_> = (0..STORIES).flat_map(|n| [ids(n, &[0, 1]), ids(n, &[2, 3])]).collect();
    assert_eq!(clusters(&["--window", "2"]), halves);
    assert_eq!(clusters(&["--window", "363"]), halves);
    assert_eq!(clusters(&["--window", "1"]), Vec::<Vec<String>>::new());
}

/// In a running story no match reaches over the window.
#[test]
fn no_match_is_further_apart_than_the_window() {
    let place = Place::new();
    // One event that is told for three weeks.
    let mut all = crowd(60);
    for day in 0..DAYS {
        let date = format!("2026-03-{:02}", day + 1);
        all += &dated(&format!("day-{day:02}"), &date, &Story::new(9).told(day));
    }
    place.write("all.jsonl", all);
    let furthest = |window: &str| {
        let records = place.cluster(&["--window", window, "all.jsonl"]).ends(0).json();
        let members = records.iter().flat_map(|record| record["articles"].as_array().unwrap());
        let apart = members.filter_map(|member| {
            Some(day(string(&member["id"]))?.abs_diff(day(member["to"].as_str()?)?))
        });
        apart.max()
    };
    assert!(furthest("3").is_some_and(|days| days <= 3), "{:?}", furthest("3"));
    assert!(furthest("60").is_some_and(|days| days > 3), "{:?}", furthest("60"));
}
