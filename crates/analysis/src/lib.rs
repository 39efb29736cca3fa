//! Evasion found across orders, parties and time; history replayed under another policy.
