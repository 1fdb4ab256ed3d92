package org.plumbline.feedback;

/**
 * Asks in both orders; an answer that changes with the order is position bias, hence a tie (Wang et
 * al. 2023, arXiv 2305.17926; Lee et al. 2023, arXiv 2309.00267).
 */
public record SwapJudge(Judge inner) implements Judge {
  @Override
  public Verdict compare(JudgeQuestion question) {
    Verdict forward = inner.compare(question);
    Verdict backward = inner.compare(question.swapped()).swapped();
    return forward.and(backward);
  }
}
