package org.plumbline.data.preferences;

import java.util.Locale;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.DataFormat;
import org.plumbline.data.world.AnnotatorsConfig;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Where preference pairs come from.
 *
 * @param source a sample-world stage or its directory, else a file of preferences of any format
 * @param format how a file spells its preferences
 * @param skipBadRows whether malformed rows of a file are reported and passed over
 * @param split shares of a file's prompts; a sample world brings its own splits
 * @param annotators who labels a sample world's pairs
 */
public record PreferencesConfig(
    String source,
    @Default("auto") DataFormat format,
    @Default("false") boolean skipBadRows,
    @Default("{}") SplitFractions split,
    @Default("{}") AnnotatorsConfig annotators) {
  public PreferencesConfig {
    Check.notBlank("preferences.source", source);
    Check.that(
        !format.isDemonstrations(),
        () ->
            "preferences.format=%s is a format of demonstrations; preferences are needed"
                .formatted(format.name().toLowerCase(Locale.ROOT)));
  }

  /** All defaults. */
  public static PreferencesConfig from(String source) {
    return new PreferencesConfig(
        source, DataFormat.AUTO, false, new SplitFractions(0.1, 0.1), AnnotatorsConfig.USUAL);
  }
}
