namespace Peft.Declarative.Tests.Templates;

/// <summary>Numbers, methods and filters where a value is of an unusual kind. An expected null is an error.</summary>
public class TemplateValueTests
{
    [Theory]
    [InlineData("{{ 0 % -2.5 }}|{{ -2.5 % 2.5 }}|{{ 0 // -2.5 }}|{{ 1e16 // neg }}", "-0.0|0.0|-0.0|-3333333333333335.0")]
    [InlineData("{{ 7.0 ** 1e300 }}", null)]
    [InlineData("{{ 0.0 ** -1 }}", null)]
    [InlineData("{{ 10 ** 400 / 1 }}", null)]
    [InlineData("{{ 10 ** 400 / 10 ** 399 }}", "10.0")]
    [InlineData("{{ 2 ** 53 + 1 == 2.0 ** 53 }}|{{ 10 ** 400 > 1.5 }}|{{ 1 < 1.5 }}", "False|True|True")]
    [InlineData("{{ 3.0 is odd }}|{{ 2.5 is even }}|{{ '%d' is odd }}", "True|False|False")]
    [InlineData("{{ -0.0 | round(1, 'floor') }}", "0.0")]
    public void Numbers_AreExact(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ s.find('', 99) }}|{{ s.find('o', 5) }}|{{ s.rfind('', 2, 5) }}", "-1|7|5")]
    [InlineData("{{ s.startswith('', 99) }}|{{ s.startswith('World', 6) }}|{{ s.count('', 3, 2) }}", "False|True|0")]
    [InlineData("{{ s.strip(1) }}", null)]
    [InlineData("{{ s.count(1) }}", null)]
    [InlineData("{{ s.find(sub='o') }}", null)]
    [InlineData("{{ s.split(sep='o', maxsplit=1) }}", "['hell', ' World foo']")]
    [InlineData("{{ d.get(key='a') }}", null)]
    [InlineData("{{ l.index(1, 1) }}", "1")]
    [InlineData("{{ l.index(1, 2) }}", null)]
    [InlineData("{{ range(1, 10, 3)[1:] }}|{{ range(5)[::-1] }}|{{ range(5).stop }}", "range(4, 10, 3)|range(4, -1, -1)|5")]
    [InlineData("{{ d.keys() in d }}", null)]
    public void Methods_TakeWhatPythonsTake(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ l | truncate(5) }}|{{ nope | truncate }}", "[3, 1, 2]|")]
    [InlineData("{{ nothing | truncate }}", null)]
    [InlineData("{{ s | filesizeformat }}", null)]
    [InlineData("{{ 1e24 | filesizeformat }}", "1000.0 ZB")]
    [InlineData("{{ l | groupby('k') }}", null)]
    [InlineData("{{ people | groupby('k') | map('first') | list }}", "['x', 'Y']")]
    [InlineData("{{ [nope] | max(attribute='v') }}", null)]
    [InlineData("{{ l | map('string') | reverse }}", "['2', '1', '3']")]
    [InlineData("{{ nothing | reverse }}", null)]
    [InlineData("{{ ['a'] | urlencode }}", null)]
    [InlineData("{{ d | tojson(separators=(1, 2)) }}", null)]
    public void Filters_TakeWhatJinjasTake(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ '<t>' + (d | tojson | safe) + '</t>' }}", "&lt;t&gt;{\"b\": 1, \"a\": \"x\"}&lt;/t&gt;")]
    [InlineData("{{ '<t>' + (d | tojson) + '</t>' }}", "<t>{\"b\": 1, \"a\": \"x\"}</t>")]
    [InlineData("{% set x = '<' | safe %}{{ x + '<' }}{{ x is escaped }}{{ x ~ '<' }}", "<&lt;True<<")]
    [InlineData("{% with x = '<' | safe %}{{ x + '<' }}{% endwith %}", "<&lt;")]
    [InlineData("{{ '<' | e | e }}|{{ '<' | e | forceescape }}|{{ '<' | safe | e }}", "&lt;|&amp;lt;|<")]
    [InlineData("{{ ('<' | e | upper) + '<' }}|{{ ('<' | e | replace('x', 'y')) + '<' }}", "&LT;&lt;|&lt;<")]
    [InlineData("{{ ('<' | e) + 1 }}", null)]
    public void Html_StaysHtml(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ 'hello-world foo--bar' | wordwrap(6) }}", "hello-\nworld\nfoo--\nbar")]
    [InlineData("{{ 'a\tb c' | wordwrap(4, true, '/') }}", "a\tb/c")]
    [InlineData("{{ 'ab-cdefgh' | wordwrap(5) }}|{{ 'ab-cdefgh' | wordwrap(5, break_on_hyphens=false) }}", "ab-cd\nefgh|ab-cd\nefgh")]
    [InlineData("{{ {'a': 1, 'b': none, 'c': nope, 'd': '<'} | xmlattr }}", " a=\"1\" d=\"&lt;\"")]
    [InlineData("{{ {'a b': 1} | xmlattr }}", null)]
    public void Layout_FollowsTextwrapAndJinja(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));
}
