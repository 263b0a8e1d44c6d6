using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Tests.Text;

/// <summary>Patterns mean what Oniguruma means by them.</summary>
public class PatternTests
{
    [Theory]
    [InlineData(@"\p{L}+", "ab\U0001D400\U00020000c1", "ab\U0001D400\U00020000c")] // letters above U+FFFF are letters
    [InlineData(@"\p{N}{1,3}", "1234", "123|4")]
    [InlineData(@"\p{N}{1,3}+", "1234", "1234")] // a second quantifier, not a possessive one
    [InlineData(@"a{2}?", "aaa", "aa|")] // twice, or not at all
    [InlineData(@"\s+(?!\S)|\s+", "a   b  ", "  | |  ")]
    [InlineData(@"a++b|a+", "aaab", "aaab")]
    [InlineData(@"a++a", "aaa", "")]
    [InlineData(@"(?>a|ab)c", "abc", "")]
    [InlineData(@"(?i:'s|'re)", "'S 'Re '\u017F", "'S|'Re|'\u017F")]
    [InlineData(@"(?i)abc|x", "ABC X", "ABC|X")]
    [InlineData(@"a(?i)b|c", "aB aC", "aB|aC")]
    [InlineData(@"[^(\s|[.,!?])]+", "ab (cd)|e,f", "ab|cd|e|f")] // nested set
    [InlineData(@"[\p{L}&&[^\p{Lu}]]+", "aBcd", "a|cd")]
    [InlineData(@"[a-z&&[^aeiou]]+", "hello", "h|ll")]
    [InlineData(@"[\w-]+", "a-b c", "a-b|c")]
    [InlineData(@"[]a]+", "a]b", "a]")]
    [InlineData(@"[[:punct:]]+", "a.,$b", ".,$")]
    [InlineData(@"\p{Han}+", "ab漢字か", "漢字")]
    [InlineData(@"\p{^L}+", "a1!b", "1!")]
    [InlineData(@"\P{L}+", "a1!b", "1!")]
    [InlineData(@"(?<=a)b", "bab", "b")]
    [InlineData(@"(?<!a)b", "bab", "b")]
    [InlineData(@"(?<=ab|\U0001F388)c", "abc", "c")]
    [InlineData(@"^a$", "a\na", "a|a")] // lines, always
    [InlineData(@"\Aa", "aa", "a")]
    [InlineData(@".+", "a\nb", "a|b")]
    [InlineData(@"(?m).+", "a\nb", "a\nb")]
    [InlineData(@"\x{1F388}|\u0041", "\U0001F388A", "\U0001F388|A")]
    [InlineData(@"(?x) a b # comment", "ab", "ab")]
    [InlineData(@"a{,2}b", "aaab", "aab")]
    [InlineData(@"a{x}", "a{x}", "a{x}")]
    [InlineData(@"(a|b)*?c", "abc", "abc")]
    [InlineData(@"(a*)*b", "aab", "aab")]
    [InlineData(@"\bfoo\b", "foo food", "foo")]
    [InlineData(@"\R", "\r\n\n", "\r\n|\n")]
    [InlineData(@"(?<name>a)b", "ab", "ab")]
    [InlineData(@"\w+", "x²½!", "x²½")]
    [InlineData(@"\b", "²", "|")]
    [InlineData(@"[\w]+", "x²½!", "x")] // only a \w by itself takes numerals of Latin-1
    [InlineData(@"[[:alpha:]]+", "สวัสดี", "สวัสดี")]
    [InlineData(@"[[:punct:]]+", "a€\uFFFD.b", "€\uFFFD.")] // symbols too
    [InlineData(@"\p{Punct}+", "a$.b", ".")]
    [InlineData(@"\p{Upper}+", "ⒶⅫAa", "ⒶⅫA")]
    [InlineData(@"\p{Lower}+", "ⓐªbB", "ⓐªb")]
    [InlineData(@"\p{LC}+", "aBǅª", "aBǅ")]
    [InlineData(@"\p{Han}", "a\U000323AF", "\U000323AF")]
    [InlineData(@"\pL", "apL", "pL")] // no property without braces
    [InlineData("", "ab", "||")]
    public void Matches_AreOnigurumas(string expression, string text, string expected)
    {
        // A balloon cannot be written in an attribute's verbatim string.
        Pattern pattern = Pattern.Expression(expression.Replace(@"\U0001F388", "\U0001F388", StringComparison.Ordinal));

        string[] matches = [.. pattern.Split(text).Where(s => s.IsMatch).Select(s => text[s.Start..s.End])];

        Assert.Equal(expected.Length == 0 ? [] : expected.Split('|'), matches);
    }

    [Fact]
    public void Literal_WithSpecialCharacters_MatchesItself() =>
        Assert.Equal([(0, 1), (1, 3), (3, 4)], Pattern.Literal("a+").Split("xa+y").Select(s => (s.Start, s.End)));

    [Theory]
    [InlineData(@"(a)\1", "back-references")]
    [InlineData(@"(a", "')' is missing")]
    [InlineData(@"a)", "')' too many")]
    [InlineData(@"[a", "']' is missing")]
    [InlineData(@"*a", "nothing before '*'")]
    [InlineData(@"\p{Klingon}", "'Klingon' is no known character property")]
    [InlineData(@"(?~a)", "no group")]
    [InlineData(@"(?s)a", "no group")]
    [InlineData(@"a{2000}", "more than 1000")]
    [InlineData(@"((((a{100}){100}){100}){100})", "steps")]
    [InlineData(@"(?<=a+)b", "look-behind")]
    [InlineData(@"[z-a]", "ends before it starts")]
    [InlineData("a\\", "too early")]
    public void Expression_ThatCannotBeUsed_SaysWhy(string expression, string reason)
    {
        var error = Assert.Throws<PatternSyntaxException>(() => Pattern.Expression(expression));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|a)*b")]
    [InlineData("(.*)*x")]
    [InlineData("(?=(a+)+b)a")]
    public void Expression_ThatRunsAway_EndsInAnError(string expression)
    {
        Pattern pattern = Pattern.Expression(expression);

        var error = Assert.Throws<PeftException>(() => pattern.Split(new string('a', 5_000)));

        Assert.Equal("PEFT505", error.Id);
        Assert.Contains(expression, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_NestedTooDeeply_AreRefused() =>
        Assert.Throws<PatternSyntaxException>(() => Pattern.Expression(new string('(', 5_000) + new string(')', 5_000)));
}
