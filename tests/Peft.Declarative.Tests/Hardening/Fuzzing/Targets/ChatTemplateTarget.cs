using System.Text;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The source of a chat template, rendered with conversations of several kinds.</summary>
internal sealed class ChatTemplateTarget : FuzzTarget
{
    // Small, so that each input that spends them takes milliseconds. What a template may take grows with them alone.
    private static readonly TemplateLimits Limits = new() { Steps = 200_000, OutputCharacters = 100_000 };

    private static readonly JsonArray Chat = (JsonArray)JsonNode.Parse("""
        [{"role": "system", "content": " be\nkind "}, {"role": "user", "content": "hi 🎈"},
         {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": [1, 2.5, "é"]}}}]},
         {"role": "tool", "content": "42"}, {"role": "assistant", "content": "done"}]
        """)!;

    private static readonly JsonArray Tools = (JsonArray)JsonNode.Parse("""[{"type": "function", "function": {"name": "f", "parameters": {}}}]""")!;

    internal override string Name => "chat-template";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("{%- for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + (m['content'] or '') + '<|im_end|>' + '\\n' }}{%- endfor %}"),
        Bytes("""
            {%- macro show(x, deep=2) -%}{%- if deep > 0 -%}{{ x | tojson(indent=deep) }}{{ show(x, deep - 1) }}{%- endif -%}{%- endmacro -%}
            {%- set ns = namespace(n=0, last='') -%}{# counts #}
            {%- for m in messages if m.role != 'tool' -%}
            {%- set ns.n = ns.n + loop.index0 * 2 // 3 -%}{%- set ns.last = m.content | default('none', true) | trim -%}
            {{ loop.first ~ ns.n ~ ns.last[:5] ~ ns.last[::-1] }}{%- else -%}none{%- endfor -%}
            {{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(', ') | upper }}
            {{ show(messages[2].tool_calls) }}{{ "%s-%03d" | format('a', 7) }}{{ 'a b'.split() | length }}{{ '{:>5}'.format(3) }}
            {%- generation -%}{{ messages[-1]['content'].replace('o', '0').strip() }}{%- endgeneration -%}
            """),
        Bytes("""
            {% if tools is defined and tools %}{% for t in tools %}{{ t.function.name | indent(4) }}{% break %}{% endfor %}{% endif %}
            {%- set d = dict(a=1, b=[1, 2, 3]) %}{% for k, v in d.items() %}{{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}
            {{ range(3) | list | sum + 2 ** 10 - 7 % 3 }}{{ strftime_now('%Y-%m-%d') }}{{ bos_token }}{{ [1, 'a', none, true] | tojson }}
            {%- if messages | length > 100 %}{{ raise_exception('long ' ~ messages | length) }}{% endif %}{% raw %}{{ x }}{% endraw %}
            {%- filter upper %}{{ 'é' }}{% endfilter %}{% call(x) caller_of() %}{% endcall %}{% macro caller_of() %}{{ caller(1) }}{% endmacro %}
            """.Replace("{% call(x) caller_of() %}{% endcall %}{% macro caller_of() %}{{ caller(1) }}{% endmacro %}", "", StringComparison.Ordinal)),
    ];

    internal override IReadOnlyList<string> Words { get; } =
    [
        "{%", "%}", "{{", "}}", "{#", "#}", "{%-", "-%}", " for ", " in ", "messages", "range(999999)", "range(10**9)", "* 99999999", "** 99999", "** -1", "% 0", "// 0",
        "/ 0.0", "|", "|tojson", "|list", "|join(messages|string)", "|replace('','aaaaaaaa')", "|indent(99999999)", "|center(999999999)", "'a' * 10**9", "|format(1,2)",
        "'%999999999d' % 1", "'%.999999999d' % 1", "1e999", "|filesizeformat", "|int", "'{:>999999999}'.format(1)", "'{0.__class__}'.format(1)", ".__class__", "['__init__']", "self", "loop", "caller()", "namespace()",
        "{% set x = x ~ x %}", "{% for a in messages %}{% for b in messages %}", "{% endfor %}", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "not ", "(", ")",
        "is defined", "recursive", "loop(messages)", "raise_exception('x')", "[::0]", "[9999999999]", "|batch(0)", "|slice(0)", "|round(99999)", "|truncate(-1)",
        "|wordwrap(0)", "strftime_now('%')", "1e308 * 10", "{% generation %}", "{% endgeneration %}",
    ];

    internal override bool IsWellFormed(byte[] input)
    {
        try
        {
            ChatTemplate.Parse(Encoding.UTF8.GetString(input));
            return true;
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    internal override void Read(byte[] input)
    {
        ChatTemplate template = ChatTemplate.Parse(Encoding.UTF8.GetString(input));
        var options = new ChatTemplateOptions { Tools = Tools, BosToken = "<s>", Now = DateTimeOffset.UnixEpoch, Limits = Limits };
        RenderedChat chat = template.Render(Chat, options);
        Assert.InRange(chat.Text.Length, 0, Limits.OutputCharacters);
        Assert.All(chat.Generated, span => Assert.InRange(span.End, span.Start, chat.Text.Length));
    }
}
