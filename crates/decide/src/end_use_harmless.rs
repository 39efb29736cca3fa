//! More words for end uses of no moment, which traders write beside those of [`end_use_words`](crate::end_use_words).
//!
//! All stand here as [`plain`](crate::spelling::plain) makes them.

/// Phrases that mean an end use of the law's, and nothing else.
pub(crate) const HARMLESS_PHRASES: &[(&str, &[&str])] = &[(
    "other",
    &[
        "image rendering",
        "film rendering",
        "movie rendering",
        "architectural rendering",
        "architectural visualization",
        "architectural visualisation",
        "visual effects",
        "vfx",
        "weather research",
        "weather forecasting",
        "weather forecast",
        "weather modeling",
        "weather modelling",
        "climate research",
        "climate modeling",
        "climate modelling",
        "medical imaging",
        "photo editing",
        "image processing",
        "wettervorhersage",
        "wetterforschung",
        "klimaforschung",
        "bildbearbeitung",
        "videobearbeitung",
        "rendern",
        "rendu",
        "rendu 3d",
        "previsions meteo",
        "renderizado",
        "edicion de video",
        "renderizacao",
        "レンダリング",
        "3dレンダリング",
        "映像編集",
        "画像処理",
        "気象予報",
        "렌더링",
        "3d 렌더링",
        "영상 편집",
        "기상 예보",
        "渲染",
        "3d渲染",
        "图形渲染",
        "视频编辑",
        "天气预报",
        "气象预报",
        "рендеринг",
        "3d рендеринг",
        "видеомонтаж",
    ],
)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::plain;

    #[test]
    fn each_phrase_is_as_texts_are_made() {
        for (word, phrases) in HARMLESS_PHRASES {
            assert!(phrases.iter().all(|phrase| plain(phrase) == **phrase), "{word}");
        }
    }
}
