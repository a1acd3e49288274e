#!/usr/bin/env python3
"""Makes a large delivery of fictional educational programmes of real form and size: FOLDER/education-programmes.ndjson, 10,000 records, always
the same ones. Codes as the register of higher education has them: direction of training (five characters) and two digits, or, between
disciplines, field of education (four), 088 and two digits; ids are unique only inside their organisation.

make_programmes.py FOLDER [RECORDS]
"""
import json
import pathlib
import sys

ORGANISATIONS = 64

# direction without its level; group of programmes; subjects kk | ru | en
DIRECTIONS = [line.split("|") for line in """\
B011|001|Педагогика және психология|Педагогика и психология|Pedagogy and Psychology
B012|002|Мектепке дейінгі оқыту және тәрбиелеу|Дошкольное обучение и воспитание|Preschool Education and Upbringing
B013|003|Бастауыш оқыту педагогикасы мен әдістемесі|Педагогика и методика начального обучения|Pedagogy and Methods of Primary Education
B015|010|Математика мұғалімін даярлау|Подготовка учителей математики|Training of Teachers of Mathematics
B015|011|Физика және информатика мұғалімін даярлау|Подготовка учителей физики и информатики|Training of Teachers of Physics and Informatics
B016|014|Тарих мұғалімін даярлау|Подготовка учителей истории|Training of Teachers of History
B017|016|Қазақ тілі мен әдебиеті мұғалімін даярлау|Подготовка учителей казахского языка и литературы|Training of Teachers of Kazakh Language and Literature
B017|018|Екі шет тілі|Два иностранных языка|Two Foreign Languages
B021|025|Дизайн және бейнелеу өнері|Дизайн и изобразительное искусство|Design and Fine Arts
B022|034|Тарих және археология|История и археология|History and Archaeology
B023|036|Аударма ісі|Переводческое дело|Translation Studies
B031|038|Әлеуметтану|Социология|Sociology
B032|042|Журналистика және репортер ісі|Журналистика и репортёрское дело|Journalism and Reporting
B041|044|Менеджмент және басқару|Менеджмент и управление|Management and Administration
B041|045|Аудит және салық салу|Аудит и налогообложение|Audit and Taxation
B041|046|Қаржы, банк және сақтандыру ісі|Финансы, банковское и страховое дело|Finance, Banking and Insurance
B042|049|Құқық|Право|Law
B051|050|Биологиялық және сабақтас ғылымдар|Биологические и смежные науки|Biological and Related Sciences
B052|051|Қоршаған орта және тұрақты даму|Окружающая среда и устойчивое развитие|Environment and Sustainable Development
B053|053|Химия|Химия|Chemistry
B054|055|Математика және статистика|Математика и статистика|Mathematics and Statistics
B061|057|Ақпараттық технологиялар|Информационные технологии|Information Technologies
B061|058|Ақпараттық қауіпсіздік|Информационная безопасность|Information Security
B062|059|Коммуникациялар және коммуникациялық технологиялар|Коммуникации и коммуникационные технологии|Communications and Communication Technologies
B071|062|Электр техникасы және энергетика|Электротехника и энергетика|Electrical and Power Engineering
B071|063|Электр техникасы және автоматтандыру|Электротехника и автоматизация|Electrical Engineering and Automation
B071|065|Автокөлік құралдары|Автотранспортные средства|Motor Vehicles
B072|068|Тамақ өнімдерінің өндірісі|Производство продуктов питания|Food Production
B072|071|Тау-кен ісі және пайдалы қазбаларды өндіру|Горное дело и добыча полезных ископаемых|Mining and Mineral Extraction
B073|073|Сәулет|Архитектура|Architecture
B073|074|Қала құрылысы, құрылыс жұмыстары және азаматтық құрылыс|Градостроительство, строительные работы и гражданское строительство|Urban Planning and Civil Engineering
B075|076|Стандарттау, сертификаттау және метрология|Стандартизация, сертификация и метрология|Standardisation, Certification and Metrology
B081|077|Өсімдік шаруашылығы|Растениеводство|Crop Production
B082|078|Мал шаруашылығы|Животноводство|Animal Husbandry
B083|079|Орман шаруашылығы|Лесное хозяйство|Forestry
B091|083|Ветеринария|Ветеринария|Veterinary Medicine
B101|084|Мейіргер ісі|Сестринское дело|Nursing
B101|085|Фармация|Фармация|Pharmacy
B111|091|Туризм|Туризм|Tourism
B113|095|Көлік қызметтері|Транспортные услуги|Transport Services
""".splitlines()]

FOCUSES = [line.split("|") for line in """\
||
Цифрлық трансформация|Цифровая трансформация|Digital Transformation
Қолданбалы зерттеулер|Прикладные исследования|Applied Research
Кәсіпкерлік|Предпринимательство|Entrepreneurship
Тұрақты даму|Устойчивое развитие|Sustainable Development
Деректерді талдау|Анализ данных|Data Analysis
Жобаларды басқару|Управление проектами|Project Management
Халықаралық бағдарлама|Международная программа|International Programme
Дуальды оқыту|Дуальное обучение|Dual Education
""".splitlines()]

# level, its letter, education level, months, credits: three bachelor's programmes to one and a half of the others
LEVELS = [("6", "B", "higher", 48, 240)] * 6 + [("7", "M", "postgraduate", 24, 120)] * 2 + [("7", "M", "postgraduate", 12, 60), ("8", "D", "postgraduate", 36, 180)]
LANGUAGES = [["kk", "ru"], ["kk", "ru", "en"], ["ru"], ["kk"], ["en"]]
STATUSES = ["in-register"] * 18 + ["not-in-register", "excluded"]


def bin_of(n):
    """A BIN of an organisation registered in a month that has not come yet, with its control digit; None for the few numbers that have none."""
    digits = "391240%05d" % n
    for shift in (0, 2):
        control = sum(int(d) * ((i + shift) % 11 + 1) for i, d in enumerate(digits)) % 11
        if control < 10:
            return digits + str(control)
    return None


def mixed(n, salt):
    """A number that looks drawn by lot, and is the same on every machine."""
    x = (n * 2654435761 + salt * 40503 + 12345) & 0xFFFFFFFF
    x ^= x >> 15
    x = (x * 2246822519) & 0xFFFFFFFF
    return x ^ x >> 13


def pick(values, n, salt):
    return values[mixed(n, salt) % len(values)]


def names(subject, focus):
    return ["%s (%s)" % (s, f) if f else s for s, f in zip(subject, focus)]


def programme(n, organisations):
    direction, group, *subject = pick(DIRECTIONS, n, 1)
    level, letter, education, months, credits = pick(LEVELS, n, 2)
    kk, ru, en = names(subject, pick(FOCUSES, n, 3))
    field = level + letter + direction[1:]
    tail = "%02d" % (n % 99 + 1)
    record = {
        "organisation_bin": organisations[n % len(organisations)], "programme_id": str(10000 + n // len(organisations)),
        "name_kk": kk, "name_ru": ru, "name_en": en,
        "programme_code": field[:4] + "088" + tail if mixed(n, 4) % 33 == 0 else field + tail,
        "education_level": education, "group_code": letter + group, "status": pick(STATUSES, n, 5), "languages": pick(LANGUAGES, n, 6),
        "duration_months": months, "credits": credits,
    }
    if mixed(n, 7) % 3 == 0:
        record["standard_code"] = "PS-%s-%03d" % (direction, mixed(n, 8) % 40 + 1)
    return record


def main():
    folder, records = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    organisations = [b for b in map(bin_of, range(3001, 3001 + 2 * ORGANISATIONS)) if b][:ORGANISATIONS]
    with open(folder / "education-programmes.ndjson", "w", encoding="utf-8") as out:
        for n in range(records):
            out.write(json.dumps(programme(n, organisations), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
