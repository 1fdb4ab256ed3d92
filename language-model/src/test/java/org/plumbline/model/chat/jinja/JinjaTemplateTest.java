package org.plumbline.model.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language, without the goldens. Expected texts are those of Python's jinja2 3.1.6. */
class JinjaTemplateTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 21, 9, 5);
  private static final String VARIABLES =
      """
      {"n": 5, "f": 2.5, "yes": true, "nothing": null, "s": "Hello, World", "u": "a🙂ü",
       "l": [3, 1, 2], "d": {"b": 1, "a": [1, {"x": null}], "items": "own"},
       "m": [{"role": "system", "content": "S"}, {"role": "user", "content": " Hi "},
             {"role": "assistant", "content": "it's", "calls": [{"name": "f"}]}]}
      """;

  private static Rendered run(String template) {
    try {
      ObjectNode variables = (ObjectNode) new ObjectMapper().readTree(VARIABLES);
      return JinjaTemplate.of(template).render(variables, NOW);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(String template) {
    return run(template).text();
  }

  private static TemplateException refused(String template) {
    return catchThrowableOfType(TemplateException.class, () -> run(template));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "1 + 2.0 => 3.0",
        "-7 // 2 => -4",
        "-7 % 3 => 2",
        "7 / 2 => 3.5",
        "2 ** 70 => 1180591620717411303424",
        "2 ** 3 ** 2 => 64",
        "0.1 + 0.2 => 0.30000000000000004",
        "1e16 => 1e+16",
        "yes + 1 => 2",
        "1 < 2 < 3 => True",
        "l == [3, 1, 2] => True",
        "n == 5.0 => True",
        "'ell' in s and 9 not in l => True",
        "0 or 'x' => x",
        "'a' ~ 1 ~ nothing ~ yes => a1NoneTrue",
        "'b' if n > 9 else 'c' => c",
        "not n is none => True",
        "n is not in [5] => False",
        "[n, f, s, nothing, (1,), d] => [5, 2.5, 'Hello, World', None, (1,), {'b': 1, 'a': [1, {'x': None}], 'items': 'own'}]",
        "['it\\'s', 'q\"', '\\n'] => [\"it's\", 'q\"', '\\n']",
        "d.items()|list|first => ('b', 1)",
        "d['items'] => own",
        "d.a[1].x is none => True",
        "d.get('q', 7) => 7",
        "u|length => 3",
        "u[1:] => 🙂ü",
        "s[::-1] => dlroW ,olleH",
        "l[-2:] => [1, 2]",
        "m.0.role => system",
        "' a b  c '.split() => ['a', 'b', 'c']",
        "'a-b-c'.rsplit('-', 1) => ['a-b', 'c']",
        "'xxaxx'.strip('x') => a",
        "\"they're bill's\".title() => They'Re Bill'S",
        "\"they're bill's\"|title => They're Bill's",
        "'{:>5}|{:.2f}|{x}'.format('a', 3.14159, x=1) => `    a|3.14|1`",
        "'%05d|%-4s|%s' % (42, 'a', nothing) => 00042|a   |None",
        "d|tojson => {\"b\": 1, \"a\": [1, {\"x\": null}], \"items\": \"own\"}",
        "'ü<'|tojson => \"ü<\"",
        "[1, 2]|tojson(separators=(',', ':')) => [1,2]",
        "m|selectattr('role', 'equalto', 'user')|map(attribute='content')|map('trim')|join => Hi",
        "m|rejectattr('calls', 'defined')|list|length => 2",
        "m|map(attribute='calls.0.name', default='-')|list => ['-', '-', 'f']",
        "l|sort(reverse=true)|first => 3",
        "['b', 'A']|sort|join => Ab",
        "d|dictsort|map('first')|list => ['a', 'b', 'items']",
        "[1, 1, 2]|unique|list => [1, 2]",
        "l|sum ~ l|min ~ l|max => 613",
        "'3.7'|int + '2'|int => 5",
        "2.675|round(2) => 2.67",
        "'a\\nb'|indent(2) => `a\n  b`",
        "'<a>'|e => &lt;a&gt;",
        "'a'|default('b') ~ missing|default('b') => ab",
        "missing is defined => False",
        "range(5, 0, -2)|list => [5, 3, 1]",
        "strftime_now('%d %b %Y %H:%M') => 21 Nov 2026 09:05",
        "dict(a=1, **{'b': 2}) => {'a': 1, 'b': 2}",
        "namespace(x=[1]).x[0] => 1"
      })
  void expressionsAreThoseOfPython(String expression, String expected) {
    assertThat(text("{{ " + expression + " }}")).isEqualTo(expected);
  }

  @Test
  void blocksTakeTheirLineFeedAndIndentationAway() {
    assertThat(text("a\n  {% if n %}\n  b\n  {% endif %}\nc\n")).isEqualTo("a\n  b\nc");
    assertThat(text("a \n {{- n -}} \n b")).isEqualTo("a5b");
    assertThat(text("  {%+ if n +%}\nb{% endif %}")).isEqualTo("  \nb");
    assertThat(text("x{# {{ n }} #}\ny {%- raw %} {{ n }} {% endraw %}")).isEqualTo("xy {{ n }} ");
  }

  @Test
  void aLoopKnowsItsPlaceAndItsNeighbours() {
    assertThat(
            text(
                "{% for x in l if x > 1 %}{{ loop.index }}/{{ loop.length }}{{ loop.previtem }}"
                    + "{{ '.' if loop.last else ',' }}{% else %}-{% endfor %}"))
        .isEqualTo("1/2,2/23.");
    assertThat(
            text(
                "{% for x in [[1, [2]], 3] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}"))
        .isEqualTo("123");
    assertThat(
            text(
                "{% for k, v in d.items() %}{% if loop.first %}{% continue %}{% endif %}{{ k }}{% break %}{% endfor %}"))
        .isEqualTo("a");
  }

  @Test
  void setsInALoopEndWithItAndNamespacesDoNot() {
    assertThat(
            text(
                "{% set x = 0 %}{% set ns = namespace(x=0) %}"
                    + "{% for y in l %}{% set x = y %}{% set ns.x = ns.x + y %}{% endfor %}{{ x }}{{ ns.x }}"))
        .isEqualTo("06");
    assertThat(
            text(
                "{% set t | upper %}a{{ n }}{% endset %}{{ t }}{% with q = 1 %}{{ q }}{% endwith %}{{ q }}"))
        .isEqualTo("A51");
  }

  @Test
  void macrosTakeDefaultsRestsAndBodies() {
    assertThat(
            text(
                "{% macro f(a, b=a ~ '!') %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}"
                    + "{{ f(1) }} {{ f(1, 2, 3, z=4) }}"))
        .isEqualTo("11!(){} 12(3,){'z': 4}");
    assertThat(
            text(
                "{% macro f() %}<{{ caller(n) }}>{% endmacro %}{% call(x) f() %}{{ x }}{% endcall %}"))
        .isEqualTo("<5>");
  }

  @Test
  void generationBlocksAreSpansInCodePoints() {
    Rendered rendered =
        run(
            "{% for x in m[1:] %}{{ u }}{% generation %}{{ x.content }}{% endgeneration %}{% endfor %}");
    assertThat(rendered.text()).isEqualTo("a🙂ü Hi a🙂üit's");
    assertThat(rendered.generated()).containsExactly(new Span(3, 7), new Span(10, 14));
    assertThat(JinjaTemplate.of("{% generation %}{% endgeneration %}").marksGeneration()).isTrue();
    assertThat(JinjaTemplate.of("x").marksGeneration()).isFalse();
  }

  @Test
  void errorsNameLineAndColumn() {
    assertThatThrownBy(() -> run("a\n{% for x in l %}\n  {{ x.y.z }}{% endfor %}"))
        .isInstanceOf(TemplateException.class)
        .hasMessage(
            "chat template line 3, column 9: UndefinedError: 'int object' has no attribute 'y'");
    TemplateException refusal = refused("\n{{ raise_exception('roles must alternate') }}");
    assertThat(refusal).hasMessage("chat template line 2, column 19: roles must alternate");
    assertThat(refusal.kind()).isEqualTo("TemplateError");
    assertThat(refusal.reason()).isEqualTo("roles must alternate");
    assertThat(refusal.line()).isEqualTo(2);
    assertThat(refusal.column()).isEqualTo(19);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if n %}",
        "{% endif %}",
        "{% unknown %}",
        "{% include 'x' %}",
        "{{ n",
        "{{ 'a }}",
        "{{ (n }}",
        "{{ n n }}",
        "{{ n|nope }}",
        "{{ n is nope }}",
        "{# a",
        "{% break %}",
        "{% set 1 = 2 %}",
        "{% for loop in l %}{{ loop }}{% set loop = 1 %}{% endfor %}",
        "{% macro f(a=1, b) %}{% endmacro %}"
      })
  void templatesThatAreNotValidAreRefusedWhenRead(String template) {
    assertThatThrownBy(() -> JinjaTemplate.of(template))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith("chat template line 1, column ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      value = {
        "missing.x => UndefinedError: 'missing' is undefined",
        "d.q.r => UndefinedError: 'dict object' has no attribute 'q'",
        "1 / 0 => ZeroDivisionError: division by zero",
        "'a' + 1 => TypeError: can only concatenate str (not \"int\") to str",
        "'a' < 1 => TypeError: '<' not supported between instances of 'str' and 'int'",
        "l|select('odd')|length => TypeError: object of type 'generator' has no len()",
        "n() => TypeError: 'int' object is not callable",
        "missing|tojson => TypeError: Object of type Undefined is not JSON serializable",
        "5|join => TypeError: 'int' object is not iterable"
      })
  void whatPythonRaisesIsRaised(String expression, String expected) {
    TemplateException error = refused("{{ " + expression + " }}");
    assertThat(error.kind() + ": " + error.reason()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "''.__class__",
        "l.__class__.x",
        "''.getClass()",
        "m.getClass().forName('java.lang.Runtime')",
        "n.class.classLoader",
        "range.__globals__",
        "s.upper.__self__.x",
        "s.format.__func__.x",
        "'{0.__class__.x}'.format(s)",
        "s|attr('__class__')|attr('x') ~ x.y",
        "loop.__class__.x",
        "self.x"
      })
  void nothingBehindTheValuesIsReachable(String expression) {
    try {
      assertThat(text("{{ " + expression + " }}")).isEmpty();
    } catch (TemplateException e) {
      assertThat(e.kind()).isIn("SecurityError", "UndefinedError");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"l.append(4)", "l.pop()", "d.update({})", "d.clear()", "m[0].pop('role')"})
  void dataCannotBeChanged(String expression) {
    assertThat(refused("{{ " + expression + " }}").kind()).isEqualTo("SecurityError");
  }

  @Test
  void bombsStopWithAClearError() {
    List<String> bombs =
        List.of(
            "{% for a in range(100000) %}{% for b in range(100000) %}{{ b }}{% endfor %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
            "{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
            "{% set ns = namespace(s=[1]) %}{% for a in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s|tojson }}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{{ 'a' * 10 ** 10 }}",
            "{{ [0] * 10 ** 10 }}",
            "{{ 9 ** (9 ** 9) }}",
            "{{ '%999999999d' % 1 }}",
            "{{ ('a' * 10 ** 6)|replace('a', 'a' * 10 ** 6) }}",
            "{{ 1" + "+1".repeat(9999) + " }}");
    for (String bomb : bombs) {
      long start = System.nanoTime();
      assertThat(refused(bomb)).as(bomb).isNotNull();
      assertThat(refused(bomb).kind()).isEqualTo("LimitError");
      assertThat(System.nanoTime() - start)
          .isLessThan(20_000_000_000L); // seconds on a busy machine
    }
    assertThat(refused("{{ range(10 ** 9) }}").reason()).startsWith("Range too big");
    assertThat(refused("{{ " + "(".repeat(999) + ")".repeat(999) + " }}"))
        .hasMessageContaining("nested more than 100 levels deep");
  }

  @Test
  void limitsGrowWithTheDataOnly() {
    ObjectNode large = new ObjectMapper().createObjectNode();
    for (int i = 0; i < 2000; i++) {
      large.withArray("l").add("text " + i);
    }
    JinjaTemplate template =
        JinjaTemplate.of("{% for x in l %}{{ x|upper }}{% endfor %}", new Limits(10, 99_999, 50));
    assertThat(template.render(large, NOW).text()).startsWith("TEXT 0TEXT 1");
    large.withArray("l").removeAll().add("x");
    JinjaTemplate loop =
        JinjaTemplate.of(
            "{% for i in range(999) %}{{ i }}{% endfor %}", new Limits(10, 99_999, 50));
    assertThatThrownBy(() -> loop.render(large, NOW))
        .hasMessageContaining("rendering takes more than 210 steps. Does a loop run away?");
  }
}
