package org.plumbline.data.format;

import java.util.Optional;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Preference;

/** The reader of each format; every file gets a new one. */
final class Dialects {
  private Dialects() {}

  static Dialect<Preference> preferences(DataFormat format) {
    return switch (format) {
      case OPENAI_COMPARISONS -> new OpenAiComparisonsFormat();
      case WEBGPT_COMPARISONS -> new WebGptFormat();
      case OPENAI_PREFERENCE -> new OpenAiPreferenceFormat();
      case ULTRAFEEDBACK -> new UltraFeedbackFormat();
      case SHP -> new ShpFormat();
      case HELPSTEER -> new HelpSteerFormat();
      case PKU_SAFERLHF -> new PkuSafeRlhfFormat();
      case ALPACA_EVAL -> new AlpacaEvalFormat();
      case MT_BENCH -> new MtBenchFormat();
      case REWARDBENCH -> new RewardBenchFormat();
      case ARGILLA -> new ArgillaFormat();
      case LABEL_STUDIO -> new LabelStudioFormat();
      case VERDICTS -> new VerdictsFormat();
      case HH_RLHF -> new HhRlhfFormat();
      case TRL -> new TrlFormat(false);
      case PLUMBLINE -> new TrlFormat(true);
      default -> throw new IllegalArgumentException(format + " is no format of preferences");
    };
  }

  static Dialect<Demonstration> demonstrations(DataFormat format) {
    return switch (format) {
      case MESSAGES -> new MessagesFormat();
      case ALPACA -> new AlpacaFormat();
      case SHAREGPT -> new ShareGptFormat();
      default -> throw new IllegalArgumentException(format + " is no format of demonstrations");
    };
  }

  /** What a row looks like; formats are tried in their order. */
  static Optional<Recognition> recognise(Row row) {
    if (OwnFields.isOwn(row)) {
      String why = "%s has answers, and the source of one of our own rows";
      return Optional.of(new Recognition(DataFormat.PLUMBLINE, why.formatted(row.at().place())));
    }
    for (DataFormat format : DataFormat.values()) {
      if (format == DataFormat.AUTO || format == DataFormat.PLUMBLINE) {
        continue;
      }
      Dialect<?> dialect = format.isDemonstrations() ? demonstrations(format) : preferences(format);
      Optional<String> why = dialect.recognise(row);
      if (why.isPresent()) {
        // rows of pairs say themselves which of the shapes they have
        boolean byRow = format == DataFormat.HH_RLHF || format == DataFormat.TRL;
        String reason = "%s has %s".formatted(row.at().place(), why.get());
        return Optional.of(new Recognition(byRow ? DataFormat.PLUMBLINE : format, reason));
      }
    }
    return Optional.empty();
  }
}
