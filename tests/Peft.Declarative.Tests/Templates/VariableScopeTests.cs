namespace Peft.Declarative.Tests.Templates;

/// <summary>Which variable a name refers to inside macros, blocks and loops. An expected null is an error.</summary>
public class VariableScopeTests
{
    [Theory]
    [InlineData("{% macro m() %}{{ n }}{% endmacro %}{{ m() }}{% set n = 1 %}{{ m() }}", "1")]
    [InlineData("{% for i in l %}{{ n }}{% endfor %}{% set n = 1 %}", "")]
    [InlineData("{{ n }}{% for i in l %}{{ n }}{% endfor %}{% set n = 1 %}{{ n }}", "77771")]
    [InlineData("{% if not n %}{% set n = 1 %}{% endif %}{% for i in l %}{{ n }}{% endfor %}", "777")]
    [InlineData("{% set n = n + 1 %}{% for i in l %}{{ n }}{% endfor %}", "888")]
    [InlineData("{% set x = 9 %}{% for i in l %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "9391929")]
    public void Names_ThatAreSetLater_AreUndefinedBefore(string template, string expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% macro m(n=n) %}{{ n }}{% endmacro %}{{ m() }}", "")]
    [InlineData("{% set b = 'out' %}{% macro m(a=b, b=1) %}{{ a }}{{ b }}{% endmacro %}{{ m() }}", "1")]
    [InlineData("{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "11")]
    [InlineData("{% macro m(a, a) %}{% endmacro %}", null)]
    [InlineData("{% macro m(caller) %}{{ caller }}{% endmacro %}", null)]
    [InlineData("{% macro m(caller=none) %}{{ caller() if caller else 'no' }}{% endmacro %}{{ m() }}{% call m() %}x{% endcall %}", "nox")]
    [InlineData("{% macro none() %}{% endmacro %}", null)]
    [InlineData("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(a=1, a=2) }}", null)]
    [InlineData("{% macro m() %}{% endmacro %}{{ m }}", "<Macro 'm'>")]
    public void Parameters_HideWhatIsOutside(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% for x in l %}{% block b %}{{ x }}{{ n }}{% endblock %}{% endfor %}", "777")]
    [InlineData("{% for x in l %}{% block b scoped %}{{ x }}{% endblock %}{% endfor %}", "312")]
    [InlineData("{% set q = 5 %}{% block b %}{{ q }}{% set q = 6 %}{% endblock %}{{ q }}", "55")]
    [InlineData("{% block b %}{% endblock %}{% block b %}{% endblock %}", null)]
    [InlineData("{% block b required %}{% endblock %}", null)]
    public void Blocks_SeeTheTop(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{% set ns = namespace() %}{% set ns.x, y = 1, 2 %}{{ ns.x }}{{ y }}", "12")]
    [InlineData("{% set ns = namespace() %}{% set y, ns.x = 1, 2 %}{{ ns.x }}{{ y }}", "21")]
    [InlineData("{% set ns = namespace() %}{% set (ns.x, y) = 1, 2 %}", null)]
    [InlineData("{% set x, = [1] %}", null)]
    [InlineData("{% with (a, b) = (1, 2) %}{{ a }}{{ b }}{% endwith %}", "12")]
    [InlineData("{% set ns = namespace(_p=1) %}[{{ ns._p }}{{ ns['_p'] }}]", "[]")]
    [InlineData("{% generation %}{{ caller }}{{ varargs }}{{ kwargs }}{% endgeneration %}", "(){}")]
    public void Targets_MayBeSeveralOrAttributes(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));
}
