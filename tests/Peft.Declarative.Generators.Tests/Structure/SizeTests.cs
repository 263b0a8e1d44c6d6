namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>One idea per file: neither pages of code nor crumbs of it.</summary>
public class SizeTests
{
    private const int Longest = 300;
    private const int Shortest = 15;
    private const int Crumbs = 25;

    [Fact]
    public void File_OfSrcAndGenerators_HasAtMost300Lines() => Assert.Empty(TooLong(Repository.Sources("src").Concat(Repository.Sources("generators"))));

    [Fact]
    public void Files_OfSrcAndGeneratorsUnder15Lines_AreFew()
    {
        string[] crumbs = [.. Repository.Sources("src").Concat(Repository.Sources("generators")).Where(file => Lines(file.Text) < Shortest).Select(file => file.Path)];

        Assert.True(crumbs.Length < Crumbs, $"{crumbs.Length} files have under {Shortest} lines; put each with the type that it serves:\n{string.Join('\n', crumbs)}");
    }

    [Fact]
    public void File_Of301Lines_IsFound() => Assert.Equal(
        ["Long.cs has 301 lines"],
        TooLong([("Long.cs", string.Concat(Enumerable.Repeat("\n", 301))), ("Short.cs", string.Concat(Enumerable.Repeat("\n", 300)))]));

    private static IEnumerable<string> TooLong(IEnumerable<(string Path, string Text)> files) =>
        files.Where(file => Lines(file.Text) > Longest).Select(file => $"{file.Path} has {Lines(file.Text)} lines");

    private static int Lines(string text) => text.Count(letter => letter == '\n');
}
