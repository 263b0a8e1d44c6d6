using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Batches of the reference library whose rows belong to different adapters, and several adapters that apply to every row.</summary>
public sealed class MixedBatchParityTests
{
    private const string BaseRow = "__base__";

    public static TheoryData<string> MixedBatches { get; } = [.. ParityTests.All.Where(name => CaseKinds.Of(name) == CaseKind.MixedBatch)];

    public static TheoryData<string> ActiveMany { get; } = [.. ParityTests.All.Where(name => CaseKinds.Of(name) == CaseKind.ActiveMany)];

    [Theory]
    [MemberData(nameof(MixedBatches))]
    public void Rows_OfDifferentAdapters_MatchReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Load(fixture);
        FixtureModel kind = FixtureModel.Of(model);
        (Tensor ids, Tensor mask, Tensor labels) = (fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);

        Check("logits", Rows(fixture, "adapter_names"));
        foreach ((string adapter, _) in fixture.Below("logits_only."))
        {
            Check($"logits_only.{adapter}", [.. Enumerable.Repeat(Named(adapter), (int)ids.size(0))]);
            model.Adapters.Activate(Named(adapter) is { } active ? [active] : []);
            Close.To(kind.Compared(fixture[$"logits_only.{adapter}"], mask), kind.Compared(kind.Logits(ids, mask, labels), mask), fixture.Tolerance("logits"), adapter);
        }

        if (fixture.Has("gen.output_ids"))
        {
            var options = new GenerationOptions { MaxNewTokens = 12, EosTokenIds = [] };
            Tensor generated = kind.Generate(fixture["gen.input_ids"], fixture["gen.attention_mask"], options, Rows(fixture, "gen_adapter_names"));
            Close.Bits(fixture["gen.output_ids"], generated, "generation");
        }

        void Check(string what, string?[] adapters) => Close.To(
            kind.Compared(fixture[what], mask), kind.Compared(kind.Logits(ids, mask, labels, adapters), mask), fixture.Tolerance("logits"), what);
    }

    [Theory]
    [MemberData(nameof(ActiveMany))]
    public void Adapters_ActiveTogether_MatchReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Load(fixture);
        FixtureModel kind = FixtureModel.Of(model);
        (Tensor ids, Tensor mask, Tensor labels) = (fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);
        foreach ((string together, Tensor expected) in fixture.Below("logits."))
        {
            model.Adapters.Activate(together == "disabled" ? [] : together.Split('+'));
            Close.To(kind.Compared(expected, mask), kind.Compared(kind.Logits(ids, mask, labels), mask), fixture.Tolerance("logits"), together);
        }

        foreach (IGrouping<string, string> gradients in fixture.Below("grad.").GroupBy(entry => entry.Name.Split('.')[0], entry => entry.Name))
        {
            model.Adapters.Activate(gradients.Key.Split('+'));
            kind.Loss(ids, mask, labels).backward();
            foreach (string gradient in gradients)
            {
                // "a0+a2.…q_proj.lora_A.a0.weight" is the tensor "…q_proj.lora_A.weight" of a0.
                Adapter adapter = gradients.Key.Split('+').Select(part => model.Adapters[part]).Single(part => gradient.Contains($".{part.Name}.", StringComparison.Ordinal));
                string key = gradient[(gradients.Key.Length + 1)..].Replace($".{adapter.Name}.", ".", StringComparison.Ordinal);
                Close.To(fixture[$"grad.{gradient}"], adapter.Tensors.Single(tensor => tensor.Key == key).Value.grad!, fixture.Tolerance("grad"), gradient);
            }
        }

        foreach (IGrouping<string, string> merged in fixture.Below("merged.").GroupBy(entry => entry.Name.Split('.')[0], entry => entry.Name))
        {
            model.Adapters.Activate(merged.Key.Split('+'));
            model.Merge();
            Dictionary<string, Tensor> state = model.state_dict();
            foreach (string weight in merged)
            {
                Close.To(fixture[$"merged.{weight}"], state[weight[(merged.Key.Length + 1)..]], 1e-5, weight);
            }

            model.Unmerge();
        }
    }

    private static PretrainedModel Load(FixtureCase fixture)
    {
        PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        foreach (string folder in Directory.GetDirectories(Path.Combine(fixture.Folder, "adapters")).Order(StringComparer.Ordinal))
        {
            model.LoadAdapter(folder, Path.GetFileName(folder));
        }

        model.eval();
        return model;
    }

    private static string?[] Rows(FixtureCase fixture, string field) => [.. fixture.Json[field]!.AsArray().Select(name => Named(name!.GetValue<string>()))];

    private static string? Named(string adapter) => adapter == BaseRow ? null : adapter;
}
