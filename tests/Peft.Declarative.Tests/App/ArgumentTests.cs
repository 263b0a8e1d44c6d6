using System.Globalization;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.App;

/// <summary>What is written on a command line means the same everywhere, and what means nothing is told in a sentence.</summary>
public sealed class ArgumentTests
{
    private static readonly string[] Commands = ["train", "eval", "generate", "chat", "merge", "info"];
    private static readonly string[] Values =
        ["", "abc", "0,5", "1.5.2", "NaN", "Infinity", "-7", "1e999", "99999999999999999999", "0x10", "١٢", "1 000", "--", "--json", "nowhere/at/all", "--unknown", " "];

    [Theory]
    [InlineData("--temperature", "abc", "--temperature is 'abc', but must be a number, such as 0.5 or 2e-4.")]
    [InlineData("--temperature", "0,7", "--temperature is '0,7', but must be a number")]
    [InlineData("--temperature", "NaN", "--temperature is 'NaN', but must be a number")]
    [InlineData("--temperature", "-0.5", "--temperature is -0.5, but must be at least 0.")]
    [InlineData("--top-p", "1.5", "--top-p is 1.5, but must be from 0.0001 to 1.")]
    [InlineData("--top-k", "1.5", "--top-k is '1.5', but must be a whole number that fits 32 bits.")]
    [InlineData("--max-new-tokens", "3000000000", "--max-new-tokens is '3000000000', but must be a whole number that fits 32 bits.")]
    [InlineData("--seed", "x", "--seed is 'x', but must be a whole number")]
    public void Generate_WithABadNumber_SaysWhichAndWhatItMustBe(string option, string value, string expected)
    {
        using var app = new TinyApp();

        (int code, string text, string error) = app.Run("generate", "--model", app.Model, "--prompt", "Once", option, value);

        Assert.Equal(2, code);
        Assert.Equal("", text);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WithAnyValue_AreUsedOrRefusedInOneParagraph()
    {
        using var app = new TinyApp();
        File.WriteAllText(app["file"], "");
        string[] options =
        [
            "--model", "--adapter", "--data", "--evaluation", "--output", "--device", "--seed", "--epochs", "--learning-rate", "--max-new-tokens", "--temperature", "--top-p", "--top-k",
            "--presence-penalty", "--frequency-penalty",
        ];
        foreach (string[] args in from command in Commands from option in options from value in Values.Append(app["file"]) select new[] { command, option, value })
        {
            // Without the options that are required none of these does any work: each is refused, and for a reason.
            (int code, string text, string error) = app.Run(args);

            string line = string.Join(' ', args);
            Assert.True(code == 2, $"{line}: {code}");
            Assert.True(text.Length == 0, line);
            Assert.True(error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 1, $"{line}: {error}");
            Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("fr-FR")]
    [InlineData("ar-SA")]
    public void LearningRate_OnASystemWithCommas_IsWhatWasWritten(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        using var app = new TinyApp();
        string[] args = ["train", "--model", app.Model, "--data", app.Data, "--learning-rate", "0.002", "--json", "--output"];
        string expected = Losses(app.Run([.. args, app["here"]]));
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Losses(app.Run([.. args, app["there"]])));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Losses((int Code, string Out, string Error) run) => run.Code == 0 ? JsonNode.Parse(run.Out)!["losses"]!.ToJsonString() : run.Error;
    }

    [Fact]
    public void Temperature_OfZero_TakesTheMostLikelyTokens()
    {
        using var app = new TinyApp();
        string[] args = ["generate", "--model", app.Model, "--prompt", "Once upon", "--max-new-tokens", "8", "--ignore-eos"];

        Assert.Equal(app.Run(args).Out, app.Run([.. args, "--temperature", "0", "--top-k", "5", "--seed", "9"]).Out);
    }
}
