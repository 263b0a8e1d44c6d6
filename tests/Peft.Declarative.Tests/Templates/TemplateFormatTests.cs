namespace Peft.Declarative.Tests.Templates;

/// <summary>Numbers and text through '%', format and strftime_now. An expected null is an error.</summary>
public class TemplateFormatTests
{
    [Theory]
    [InlineData("{{ '{:5}|{:<5}|{:05}|{:+}|{}'.format(t, t, t, t, t) }}", "    1|1    |00001|+1|True")]
    [InlineData("{{ '{:05}|{:<05}|{:<08d}|{:08.3f}'.format('ab', 'ab', neg, neg) }}", "ab000|ab000|-3000000|-003.000")]
    [InlineData("{{ '{:_x}|{:,}|{:_b}'.format(123456789, 1234567, 300) }}", "75b_cd15|1,234,567|1_0010_1100")]
    [InlineData("{{ '{:z.1f}|{:.1f}|{:#.0f}|{:#g}'.format(-0.01, -0.01, n, n) }}", "0.0|-0.0|7.|7.00000")]
    [InlineData("{{ '{!a}|{!r}|{!s}'.format('é🎉', 'é', 'é') }}", @"'\xe9\U0001f389'|'é'|é")]
    [InlineData("{{ '{0}{}'.format(n, n) }}", null)]
    [InlineData("{{ '{}{0}'.format(n, n) }}", null)]
    [InlineData("{{ '{0.real}{}'.format(n, n) }}", "77")]
    [InlineData("{{ '{.real}'.format(n) }}", null)]
    [InlineData("{{ '{!}'.format(n) }}", null)]
    [InlineData("{{ '{:+}'.format(s) }}", null)]
    [InlineData("{{ '{:,}'.format(s) }}", null)]
    [InlineData("{{ '{:=5}'.format(s) }}", null)]
    [InlineData("{{ '{:,x}'.format(n) }}", null)]
    [InlineData("{{ '{:5}'.format(nothing) }}", null)]
    [InlineData("{{ '{:5}'.format(undefined_name) }}", null)]
    [InlineData("{{ '{:c}'.format(neg) }}", null)]
    public void Format_FollowsTheSpecification(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ '%s|%5s' % (nope, nope) }}", "|     ")]
    [InlineData("{{ 'abc' % nope }}{{ 'abc' % range(3) }}", "abcabc")]
    [InlineData("{{ '%d' % nope }}", null)]
    [InlineData("{{ '%5%' % n }}", null)]
    [InlineData("{{ '%c%c%3c' % ('é', 127881, 'x') }}", "é🎉  x")]
    [InlineData("{{ '%c' % 'ab' }}", null)]
    [InlineData("{{ '%a|%+s|%05s' % ('é', 'x', 'y') }}", @"'\xe9'|x|    y")]
    [InlineData("{{ '%#.0f|%#g' % (n, n) }}", "7.|7.00000")]
    public void Percent_FollowsTheSpecification(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));

    [Theory]
    [InlineData("{{ strftime_now('%-d %-m %-H %-I %-j %_d %0e') }}", "5 3 7 7 65  5 05")]
    [InlineData("{{ strftime_now('%^a %#p %^B %10Y %_5m') }}", "TUE am MARCH 0000002024     3")]
    [InlineData("{{ strftime_now('%g %G %V %k|%l|%P %h %C %u %w %U %W') }}", "24 2024 10  7| 7|am Mar 20 2 2 09 10")]
    [InlineData("{{ strftime_now('%Ey %Od %Q %E %') }}", "24 05 %Q %E %")]
    [InlineData("{{ strftime_now(1) }}", null)]
    public void Dates_KnowTheFlagsOfGlibc(string template, string? expected) => Assert.Equal(expected, Jinja.Render(template));
}
