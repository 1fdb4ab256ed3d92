package org.plumbline.feedback;

/** One exchange with a chat model. */
interface Chat {
  /**
   * Sends the request and waits for the reply.
   *
   * @throws JudgeUnavailableException when no reply could be had
   */
  ChatReply complete(ChatRequest request);
}
