//! Words of an end use that say nothing by themselves.

/// Words that only join others.
pub(crate) const LINKS: &[&str] = &[
    "for", "of", "and", "the", "a", "an", "in", "at", "on", "to", "near", "our", "own", "new", "located", "service",
    "services", "capacity", "fur", "und", "von", "im", "der", "die", "das", "de", "du", "des", "la", "le", "les", "et",
    "pour", "en", "para", "y", "el", "в", "на", "и", "для",
];

/// Words that say no more of a supercomputer than that it is one.
pub(crate) const SUPERCOMPUTER_BESIDE: &[&str] = &[
    "super",
    "computer",
    "computers",
    "computing",
    "compute",
    "center",
    "centre",
    "centers",
    "centres",
    "national",
    "system",
    "systems",
    "cluster",
    "facility",
    "site",
    "project",
    "zentrum",
    "центр",
    "центра",
    "国家",
    "國家",
    "中心",
    "系统",
    "系統",
    "項目",
    "项目",
    "センター",
    "システム",
    "向け",
    "用",
    "の",
    "的",
    "ー",
    "국가",
    "센터",
    "용",
];
