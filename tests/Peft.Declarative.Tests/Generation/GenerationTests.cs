using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Whole generations against what the reference library's <c>generate</c> gave for the same weights and arguments.</summary>
public sealed class GenerationTests
{
    private const string File = "generations";

    public static TheoryData<string> Cases => GenerationCases.AllNames(File);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Run_RecordedPrompts_GivesTheRecordedIds(string name)
    {
        using GenerationCases cases = GenerationCases.Open(File);
        using DisposeScope scope = NewDisposeScope();
        string folder = ModelFolder(cases[name]["model"]!.GetValue<string>());
        using PretrainedModel model = ModelCatalog.Load(folder);
        GenerationOptions options = GenerationOptionsFile.From(cases.Parameters(name), name) with { OutputLogProbabilities = true };
        ITokenizer? tokenizer = options.StopStrings.Count > 0 ? Tokenizer.Load(folder) : null;
        Tensor ids = cases.Tensor(name, "input_ids"), mask = cases.Tensor(name, "attention_mask");

        TextGenerator generator = model is EncoderDecoderModel translator ? new(translator, tokenizer) : new((CausalLanguageModel)model, tokenizer);
        GenerationResult result = generator.Run(ids, mask, options);

        Close.Bits(cases.Tensor(name, "sequences"), result.Sequences, name);
        double tolerance = cases[name]["score_tolerance"]?.GetValue<double>() ?? 0;
        Compare(cases.Find(name, "sequences_scores"), result.SequenceScores, tolerance, $"{name}: scores of the beams");
        Compare(cases.Find(name, "token_logprobs"), result.TokenLogProbabilities, tolerance, $"{name}: log-probabilities");
        if (cases[name]["equals_without_cache"] is { } same && same.GetValueKind() == System.Text.Json.JsonValueKind.True)
        {
            Tensor without = generator.Generate(ids, mask, options with { UseCache = false });
            Close.Bits(result.Sequences, without, $"{name} without cache");
        }
    }

    private static void Compare(Tensor? expected, Tensor? actual, double tolerance, string what)
    {
        if (expected is null)
        {
            return;
        }

        // Where a rule forbids the pad id that fills an ended row, both are −∞; their difference would be NaN.
        Assert.NotNull(actual);
        Tensor forbidden = expected.isinf();
        Close.Bits(forbidden, actual.isinf(), what + " that are −∞");
        expected = expected.masked_fill(forbidden, 0);

        // Some recorded tolerances are below two units in the last place of the score that they are for, which is a sum.
        double unit = expected.abs().max().item<float>() * Math.Pow(2, -22);
        Close.To(expected, actual.masked_fill(forbidden, 0), Math.Max(tolerance, unit), what);
    }

    private static string ModelFolder(string model)
    {
        string? fixtures = TestData.Folder("PEFT_FIXTURES", "fixtures");
        string?[] roots = [fixtures is null ? null : Path.Combine(fixtures, "models"), TestData.Folder("PEFT_MODELS", "models")];
        string? folder = roots.OfType<string>().Select(root => Path.Combine(root, model)).FirstOrDefault(Directory.Exists);
        Skip.If(folder is null, $"The model '{model}' is not on this machine.");
        string type = ModelCatalog.TypeOf(folder);
        Skip.IfNot(ModelCatalog.KnownTypes.Contains(type), $"The family '{type}' is not implemented yet.");
        return folder;
    }
}
