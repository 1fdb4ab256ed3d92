package org.plumbline.data.world;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;
import org.plumbline.data.world.language.Facts;

/**
 * One rendered request.
 *
 * @param id unique in its world
 * @param pairKey equal for the renderings of one request for every group
 * @param text what the guest says
 * @param ask the pattern of the request proper, held out by split
 * @param combination slots and patterns around it, held out by split
 */
record Request(
    String id, String pairKey, Facts facts, String text, String ask, String combination) {
  Prompt prompt() {
    return new Prompt(
        id,
        List.of(new Message(Message.USER, text)),
        Map.of("pair_key", TextNode.valueOf(pairKey)));
  }
}
