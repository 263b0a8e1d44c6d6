using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Adapters of different methods that the reference library stacked on the same layers, all active together.</summary>
public sealed class MixedTypesParityTests
{
    public static TheoryData<string> Cases { get; } = [.. ParityTests.All.Where(name => CaseKinds.Of(name) == CaseKind.MixedTypes)];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Adapters_OfDifferentMethods_MatchReferenceTogether(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        string[] adapters = Load(fixture, model);
        model.eval();
        FixtureModel kind = FixtureModel.Of(model);
        (Tensor ids, Tensor mask, Tensor labels) = (fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);
        foreach ((string together, Tensor expected) in fixture.Below("logits."))
        {
            model.Adapters.Activate(together.Split('+'));
            Check();
            model.Merge();
            Check();
            model.Unmerge();

            void Check() => Close.To(kind.Compared(expected, mask), kind.Compared(kind.Logits(ids, mask, labels), mask), fixture.Tolerance("logits"), together);
        }

        model.Adapters.Activate(adapters);
        kind.Loss(ids, mask, labels).backward();
        foreach ((string parameter, Tensor expected) in fixture.Below("grad."))
        {
            string adapter = Owner(parameter, adapters);
            Parameter trained = model.Adapters[adapter].Tensors.Single(tensor => tensor.Key == KeyOf(parameter, adapter)).Value;
            Close.To(expected, trained.grad!, fixture.Tolerance("grad"), $"gradient of {parameter}");
        }
    }

    // The case has no adapter folders: the library cannot save a stack of methods. Each adapter is written as the file that it would be alone.
    private static string[] Load(FixtureCase fixture, PretrainedModel model)
    {
        JsonObject configs = fixture.Json["configs"]!.AsObject();
        string[] adapters = [.. configs.Select(entry => entry.Key)];
        using var folder = new TemporaryFolder();
        foreach (string adapter in adapters)
        {
            Dictionary<string, Tensor> tensors = fixture.Below("param.")
                .Where(entry => Owner(entry.Name, adapters) == adapter)
                .ToDictionary(entry => KeyOf(entry.Name, adapter), entry => entry.Value);
            string own = Path.Combine(folder.Path, adapter);
            AdapterDirectory.Write(own, configs[adapter]!.AsObject(), tensors);
            Unimplemented.SkipUnlessKnown(() => model.LoadAdapter(own, adapter));
        }

        return adapters;
    }

    // "…q_proj.base_layer.base_layer.lora_A.lo.weight" is the tensor "…q_proj.lora_A.weight" of lo.
    private static string KeyOf(string parameter, string adapter) => string.Join('.', parameter.Split('.').Where(part => part != "base_layer" && part != adapter));

    private static string Owner(string parameter, string[] adapters) => parameter.Split('.').Last(adapters.Contains);
}
