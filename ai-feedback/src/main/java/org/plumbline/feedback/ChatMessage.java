package org.plumbline.feedback;

/**
 * One turn of an OpenAI-format conversation.
 *
 * @param role system, user or assistant
 */
record ChatMessage(String role, String content) {}
