//! Sanctions programs of entries on the list of Specially Designated Nationals: which of them the EAR names.

/// The programs that part 744 of the EAR names, in the groups of 744.8(a)(1) and of the sections before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SanctionsProgram {
    /// Those related to the invasion of Ukraine: 744.8(a)(1)(i).
    Russia,
    /// Foreign terrorist organizations: 744.8(a)(1)(ii)(A), 744.14 before.
    ForeignTerrorist,
    /// Specially designated global terrorists: 744.8(a)(1)(ii)(B), 744.12 before.
    GlobalTerrorist,
    /// Specially designated terrorists: 744.13 until March 2024.
    Terrorist,
    /// Proliferators of weapons of mass destruction: 744.8(a)(1)(iii), 744.8 before.
    Proliferator,
    /// Narcotics trafficking and other criminal networks: 744.8(a)(1)(iv).
    Criminal,
    /// The former Iraqi regime: 744.18 until March 2024.
    Iraq,
}

impl SanctionsProgram {
    /// Every program group, in the order of [`SanctionsProgram`].
    pub const ALL: [SanctionsProgram; 7] = [
        SanctionsProgram::Russia,
        SanctionsProgram::ForeignTerrorist,
        SanctionsProgram::GlobalTerrorist,
        SanctionsProgram::Terrorist,
        SanctionsProgram::Proliferator,
        SanctionsProgram::Criminal,
        SanctionsProgram::Iraq,
    ];

    fn tags(self) -> &'static [&'static str] {
        match self {
            SanctionsProgram::Russia => &[
                "BELARUSEO14038",
                "BELARUS",
                "RUSSIAEO14024",
                "UKRAINEEO13660",
                "UKRAINEEO13661",
                "UKRAINEEO13662",
                "UKRAINEEO13685",
            ],
            SanctionsProgram::ForeignTerrorist => &["FTO"],
            SanctionsProgram::GlobalTerrorist => &["SDGT"],
            SanctionsProgram::Terrorist => &["SDT"],
            SanctionsProgram::Proliferator => &["NPWMD"],
            SanctionsProgram::Criminal => &["ILLICITDRUGSEO14059", "SDNT", "SDNTK", "TCO"],
            SanctionsProgram::Iraq => &["IRAQ2"],
        }
    }

    /// The group that a program's tag belongs to: `Some(None)` for a program that the EAR does not name, `None` for a text that is no known program.
    pub fn from_tag(tag: &str) -> Option<Option<SanctionsProgram>> {
        let tag: String = tag.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let tag = tag.as_str();
        match SanctionsProgram::ALL.into_iter().find(|program| program.tags().contains(&tag)) {
            Some(program) => Some(Some(program)),
            None => OTHER_PROGRAMS.contains(&tag).then_some(None),
        }
    }
}

/// Tags of OFAC's programs that part 744 does not name, letters and digits only (OFAC, program tag definitions).
const OTHER_PROGRAMS: [&str; 79] = [
    "561RELATED",
    "BALKANS",
    "BALKANSEO14033",
    "BPIPA",
    "BPISDNTK",
    "BURMAEO14014",
    "BURUNDI",
    "CAATSAIRAN",
    "CAATSARUSSIA",
    "CAR",
    "CMICEO13959",
    "CUBA",
    "CYBER",
    "CYBER2",
    "CYBER3",
    "CYBER4",
    "DARFUR",
    "DPRK",
    "DPRK2",
    "DPRK3",
    "DPRK4",
    "DPRKNKSPEA",
    "DRCONGO",
    "ELECTIONEO13848",
    "ETHIOPIAEO14046",
    "FSEIR",
    "FSESY",
    "FSEWMD",
    "GLOMAG",
    "HIFPAA",
    "HKEO13936",
    "HOSTAGESEO14078",
    "HRITIR",
    "HRITSY",
    "ICCPEO14203",
    "IFCA",
    "IFSR",
    "IRAN",
    "IRANCONARMSEO",
    "IRANEO13846",
    "IRANEO13871",
    "IRANEO13876",
    "IRANEO13902",
    "IRANHR",
    "IRANTRA",
    "IRAQ3",
    "IRGC",
    "ISA",
    "JADE",
    "LEBANON",
    "LIBYA2",
    "LIBYA3",
    "LIBERIA",
    "MAGNIT",
    "MALIEO13882",
    "NICARAGUA",
    "NICARAGUANHRAA",
    "NSPLC",
    "PAARSSREO13894",
    "PEESAEO14039",
    "SOMALIA",
    "SOUTHSUDAN",
    "SUDANEO14098",
    "SYRIA",
    "SYRIACAESAR",
    "SYRIAEO13894",
    "SYRIAEO13582",
    "UHRPA",
    "UKRAINE",
    "VENEZUELA",
    "VENEZUELAEO13692",
    "VENEZUELAEO13850",
    "VENEZUELAEO13884",
    "WESTBANKEO14115",
    "YEMEN",
    "ZIMBABWE",
    "AFGHANISTANEO14064",
    "RUSSIAEO14039",
    "RUSSIAEO14065",
];

/// The programs in a cell, in which publishers set them apart by `;`, `,` or brackets (`SDGT] [IFSR`).
pub fn split_programs(cell: &str) -> Vec<String> {
    let parts = cell.split([';', ',', '[', ']', '|']).map(str::trim);
    parts.filter(|part| !part.is_empty() && *part != "-0-").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_known_however_they_are_set_apart() {
        assert_eq!(split_programs("SDGT] [IFSR"), ["SDGT", "IFSR"]);
        assert_eq!(split_programs("NPWMD; RUSSIA-EO14024"), ["NPWMD", "RUSSIA-EO14024"]);
        assert!(split_programs("-0-").is_empty());
        for (tag, program) in [
            ("ILLICIT DRUGS-EO14059", Some(Some(SanctionsProgram::Criminal))),
            ("russia-eo14024", Some(Some(SanctionsProgram::Russia))),
            ("UKRAINE-EO13661", Some(Some(SanctionsProgram::Russia))),
            ("CUBA", Some(None)),
            ("ZARYA-1", None),
            ("", None),
        ] {
            assert_eq!(SanctionsProgram::from_tag(tag), program, "{tag}");
        }
        assert_eq!(
            SanctionsProgram::ALL.iter().map(|program| program.tags().len()).sum::<usize>() - 2,
            14,
            "744.8(a)(1) names fourteen"
        );
    }
}
