using System.Text.Json.Nodes;
using Peft.Declarative.Generation;
using Peft.Declarative.Generation.Processors;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Every rule alone and in chains, against what the reference library made of the same scores.</summary>
public sealed class ProcessorTests
{
    private const string File = "processors";
    private const string Hamming = "HammingDiversityLogitsProcessor";

    public static TheoryData<string> Cases => GenerationCases.AllNames(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Process_RecordedScores_GivesTheRecordedOnes(string name)
    {
        using GenerationCases cases = GenerationCases.Open(File);
        using DisposeScope scope = NewDisposeScope();

        Tensor output = cases[name]["processors"]![0]!.GetValue<string>() == Hamming ? Diversify(cases, name) : Run(cases, name);

        Same(cases.Tensor(name, "output"), output);
    }

    private static Tensor Run(GenerationCases cases, string name)
    {
        GenerationOptions options = GenerationOptionsFile.From(cases.Parameters(name), name);
        GenerationOptionsCheck.Run(options, cases[name]["vocab"]!.GetValue<int>());
        int prompt = cases[name]["prompt_length"]!.GetValue<int>();
        LogitsPipeline pipeline = new(
            options, prompt, options.LengthLimit(prompt), options.EosTokenIds!, cases.Tensor(name, "encoder_input_ids"));
        Assert.Equal(cases[name]["processors"]!.AsArray().Count, pipeline.Processors.Count);

        Tensor scores = cases.Tensor(name, "scores");
        Tensor before = scores.clone();
        Tensor output = pipeline.Process(cases.Tensor(name, "input_ids"), scores);
        Assert.True(before.bytes.SequenceEqual(scores.bytes), "The scores handed in were changed.");
        return output;
    }

    private static Tensor Diversify(GenerationCases cases, string name)
    {
        JsonObject parameters = cases.Parameters(name);
        int beams = parameters["num_beams"]!.GetValue<int>();
        int groupSize = beams / parameters["num_beam_groups"]!.GetValue<int>();
        int group = parameters["beam_group_idx"]!.GetValue<int>();
        HammingDiversityProcessor processor = new(parameters["diversity_penalty"]!.GetValue<double>(), groupSize);
        Tensor chosen = cases.Tensor(name, "current_tokens").view(-1, beams);
        processor.BeginGroup(chosen.narrow(1, 0, group * groupSize));
        return processor.Process(cases.Tensor(name, "input_ids"), cases.Tensor(name, "scores"));
    }

    /// <summary>The same −∞, and finite values to 1e-5 absolute plus 1e-5 relative.</summary>
    private static void Same(Tensor expected, Tensor actual)
    {
        float[] want = expected.data<float>().ToArray();
        float[] got = actual.contiguous().data<float>().ToArray();
        Assert.Equal(want.Length, got.Length);
        for (int i = 0; i < want.Length; i++)
        {
            bool same = want[i] == got[i] || (float.IsNaN(want[i]) && float.IsNaN(got[i]))
                || Math.Abs(want[i] - got[i]) <= 1e-5 + 1e-5 * Math.Abs(want[i]);
            Assert.True(same, $"Score {i % expected.size(1)} of row {i / expected.size(1)} should be {want[i]:g9}, but is {got[i]:g9}.");
        }
    }
}
