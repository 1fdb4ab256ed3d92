package org.plumbline.data.format;

import java.util.LinkedHashMap;
import java.util.Map;

/** One row of each dialect, written for the tests in the shape of the sources its class names. */
final class DialectRows {
  private DialectRows() {}

  /** By format; several rows of one format are told apart behind a slash. */
  static Map<String, String> all() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put(
        "openai-comparisons",
        """
        {"info":{"id":"t3_a","post":"We lost the key.","title":"Key","subreddit":"home"},
         "summaries":[{"text":"Key lost.","policy":"sup1","note":"n"},{"text":"No idea.","policy":"ref","note":null}],
         "choice":0,"worker":"w7","batch":"batch3","split":"train","extra":{"confidence":8}}""");
    rows.put(
        "openai-comparisons/axes",
        """
        {"info":{"id":"x","article":"Rain fell.","site":"cnn"},"split":"test","worker":"w8","batch":"b",
         "summary":{"text":"It rained.","policy":"rm","note":"","axes":{"overall":6,"coverage":5}}}""");
    rows.put(
        "webgpt-comparisons",
        """
        {"question":{"dataset":"eli5","id":"q1","full_text":"Why is the sea salt?"},
         "quotes_0":{"title":["a"],"extract":["b"]},"answer_0":"Rivers bring it [1].","tokens_0":{"prefix":[1]},"score_0":0.75,
         "quotes_1":{"title":[],"extract":[]},"answer_1":"It is not.","tokens_1":{"prefix":[2]},"score_1":-0.75}""");
    rows.put(
        "openai-preference",
        """
        {"input":{"messages":[{"role":"user","content":"Hi"}],"tools":[],"parallel_tool_calls":true},
         "preferred_output":[{"role":"assistant","content":"Hello!"}],
         "non_preferred_output":[{"role":"assistant","content":"What?"}]}""");
    rows.put(
        "ultrafeedback",
        """
        {"source":"evol","instruction":"Name a tree.","models":["m1","m2","m3"],"correct_answers":["None"],"incorrect_answers":["None"],
         "completions":[
          {"model":"m1","principle":"helpful","response":"Oak.","overall_score":8.5,"fine-grained_score":4.5,"annotations":{"helpfulness":{"Rating":"5"}}},
          {"model":"m2","principle":"honest","response":"Rock.","overall_score":"2","critique":"wrong"},
          {"model":"m3","principle":"honest","response":"Elm.","fine-grained_score":8.5}]}""");
    rows.put(
        "ultrafeedback/binarized",
        """
        {"prompt":"Name a tree.","prompt_id":"h1","score_chosen":8.5,"score_rejected":6.0,
         "chosen":[{"role":"user","content":"Name a tree."},{"role":"assistant","content":"Oak."}],
         "rejected":[{"role":"user","content":"Name a tree."},{"role":"assistant","content":"Rock."}],
         "messages":[{"role":"user","content":"Name a tree."},{"role":"assistant","content":"Oak."}]}""");
    rows.put(
        "shp",
        """
        {"post_id":"p1","domain":"askbaking_train","upvote_ratio":0.9,"history":"How long do scones keep?","c_root_id_A":"a","c_root_id_B":"b",
         "created_at_utc_A":1600000000,"created_at_utc_B":1600000100,"score_A":3,"score_B":12,"human_ref_A":"Two days.","human_ref_B":"Eat them now.",
         "labels":0,"seconds_difference":100.0,"score_ratio":4.0}""");
    rows.put(
        "helpsteer",
        """
        {"prompt":"Hi\\n<extra_id_1>Assistant\\nHello\\n<extra_id_1>User\\nA joke?","response":"Knock knock.",
         "helpfulness":4,"correctness":4,"coherence":4,"complexity":1,"verbosity":1}""");
    rows.put(
        "helpsteer/preference",
        """
        {"split":"train","prompt":"A joke?","response_1":"No.","response_2":"Knock knock.","preference_strength":2,
         "preference_statement":"@Response 2 is better","preference_elaboration":"It is a joke."}""");
    rows.put(
        "helpsteer/3",
        """
        {"domain":"general","language":"english","context":[{"role":"user","content":"A joke?"}],"response1":"Knock knock.","response2":"No.",
         "overall_preference":-1,"individual_preference":[{"score":-1,"reasoning":"r"}]}""");
    rows.put(
        "pku-saferlhf",
        """
        {"prompt":"May I?","response_0":"No.","response_1":"Yes, ask first.","prompt_source":"s","response_0_source":"A-7B","response_1_source":"B-7B",
         "is_response_0_safe":true,"is_response_1_safe":true,"response_0_harm_category":{"Drugs":false},"response_1_harm_category":{"Drugs":false},
         "response_0_severity_level":0,"response_1_severity_level":0,"better_response_id":1,"safer_response_id":0}""");
    rows.put(
        "alpaca-eval",
        """
        {"instruction":"Say hi.","output_1":"Hi","generator_1":"m1","dataset":"d","output_2":"Hello!","generator_2":"m2",
         "annotator":"gpt4","preference":1.9,"price_per_example":0.01}""");
    rows.put(
        "mt-bench",
        """
        {"question_id":81,"model_a":"alpha","model_b":"beta","winner":"model_b","judge":"expert_3","turn":2,
         "conversation_a":[{"role":"user","content":"Q1"},{"role":"assistant","content":"a1"},{"role":"user","content":"Q2"},{"role":"assistant","content":"a2"}],
         "conversation_b":[{"role":"user","content":"Q1"},{"role":"assistant","content":"b1"},{"role":"user","content":"Q2"},{"role":"assistant","content":"b2"}]}""");
    rows.put(
        "mt-bench/games",
        """
        {"question_id":81,"model_1":"alpha","model_2":"beta","g1_winner":"model_1","g2_winner":"model_2","judge":["gpt-4","pair-v2"],
         "g1_user_prompt":"[User Question]\\nQ1\\n\\n[The Start of Assistant A's Answer]\\na1\\n[The End of Assistant A's Answer]\\n\\n[The Start of Assistant B's Answer]\\nb1\\n[The End of Assistant B's Answer]",
         "g1_judgment":"[[A]]",
         "g2_user_prompt":"[User Question]\\nQ1\\n\\n[The Start of Assistant A's Answer]\\nb1\\n[The End of Assistant A's Answer]\\n\\n[The Start of Assistant B's Answer]\\na1\\n[The End of Assistant B's Answer]",
         "g2_judgment":"[[A]]","turn":1,"tstamp":1687000000.5}""");
    rows.put(
        "mt-bench/score",
        """
        {"question_id":81,"model":"alpha","judge":["gpt-4","single-v1-multi-turn"],
         "user_prompt":"<|The Start of Assistant A's Conversation with User|>\\n\\n### User:\\nQ1\\n\\n### Assistant A:\\na1\\n\\n### User:\\nQ2\\n\\n### Assistant A:\\na2\\n\\n<|The End of Assistant A's Conversation with User|>",
         "judgment":"Rating: [[7]]","score":7,"turn":2,"tstamp":1687000000.5}""");
    rows.put(
        "rewardbench",
        """
        {"prompt":"Add 1 and 1.","chosen":"2","chosen_model":"m1","rejected":"3","rejected_model":"m2","subset":"math","id":5}""");
    rows.put(
        "rewardbench/2",
        """
        {"id":"f1","prompt":"Add 1 and 1.","chosen":["2"],"rejected":["3","4","11"],"num_correct":1,"num_incorrect":3,"total_completions":4,"models":["a"],"subset":"Math","additional_metadata":null}""");
    rows.put(
        "argilla",
        """
        {"id":"r1","fields":{"prompt":"Name a tree.","response_1":"Oak.","response_2":"Rock.","note":"x"},"metadata":{"k":1},
         "suggestions":{"preference":{"value":"response_2","score":0.6,"agent":"llm"}},
         "responses":{"preference":[{"value":"response_1","user_id":"u1"},{"value":[{"value":"response_1","rank":1},{"value":"response_2","rank":1}],"user_id":"u2"}]},
         "vectors":{},"_server_id":"s1"}""");
    rows.put(
        "label-studio",
        """
        {"id":3,"data":{"prompt":"Name a tree.","answer1":"Rock.","answer2":"Oak.","topic":"plants"},
         "annotations":[
          {"id":11,"completed_by":{"id":1,"email":"ann@site"},"was_cancelled":false,"ground_truth":true,"created_at":"2026-01-02T03:04:05.000000Z","lead_time":3.5,
           "result":[{"id":"x","type":"pairwise","from_name":"comparison","to_name":"answer1,answer2","value":{"selected":"right"}}]},
          {"id":12,"completed_by":2,"was_cancelled":true,"ground_truth":false,"created_at":"2026-01-02T03:05:05Z","result":[]}],
         "predictions":[],"created_at":"2026-01-01T00:00:00Z"}""");
    rows.put(
        "label-studio/ranker",
        """
        {"id":4,"data":{"prompt":"Name a tree.","items":[{"id":"a","title":"A","body":"Oak."},{"id":"b","body":"Rock."},{"id":"c","body":"Elm."}]},
         "annotations":[{"id":13,"completed_by":2,"was_cancelled":false,
           "result":[{"type":"ranker","from_name":"rank","to_name":"answers","value":{"ranker":{"rank":["c","a","b"]}}}]}]}""");
    rows.put(
        "verdicts",
        """
        {"id":"1","prompt":"Name a tree.","answer_a":"Oak.","answer_b":"Rock.","model_a":"m1","verdict":"a","probability_a":0.9}""");
    rows.put(
        "plumbline/hh",
        """
        {"chosen":"\\n\\nHuman: Hi\\n\\nAssistant: Yes","rejected":"\\n\\nHuman: Hi\\n\\nAssistant: No"}""");
    rows.put(
        "plumbline/unpaired",
        """
        {"prompt":"The sky is","completion":" blue.","label":true}""");
    rows.put(
        "plumbline/ranked",
        """
        {"prompt":[{"role":"user","content":"Name a tree."}],"answers":["Oak.",{"text":"Rock.","model":"m","score":1.5,"z":[1]},"Elm."],"ranks":[1,3,1],
         "time":"2026-01-02T03:04:05Z","annotator":"ann","annotator_kind":"person","guideline":"v2","gold":true}""");
    rows.replaceAll((name, row) -> row.replace("\n", ""));
    return rows;
  }

  /** One row of each dialect of demonstrations. */
  static Map<String, String> demonstrations() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put(
        "messages",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}],\"tools\":[]}");
    rows.put(
        "alpaca",
        "{\"instruction\":\"Translate.\",\"input\":\"chat\",\"output\":\"cat\",\"system\":\"Be brief.\",\"history\":[[\"a\",\"b\"]],\"category\":\"x\"}");
    rows.put(
        "alpaca/seed",
        "{\"id\":\"seed_task_0\",\"name\":\"n\",\"instruction\":\"Add.\",\"instances\":[{\"input\":\"1 1\",\"output\":\"2\"},{\"input\":\"2 2\",\"output\":\"4\"}],\"is_classification\":false}");
    rows.put(
        "sharegpt",
        "{\"id\":\"c1\",\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"},{\"from\":\"gpt\",\"value\":\"Hello\"}],\"lang\":\"en\"}");
    return rows;
  }
}
