using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.SparseMask;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Declared;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Selective methods against plain training of the same parameters: loss, gradients, masks, eight steps, and what comes out after them.</summary>
public sealed class SelectiveParityTests
{
    public static TheoryData<string> Cases { get; } = [.. ParityTests.All.Where(name => name.Contains("__sel_", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_AttachedByConfig_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        var adapter = new Adapter("default", SelectiveCase.ConfigOf(fixture));
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);

        Check(fixture, model, adapter);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_Declared_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        string source = DeclarationSource.Around(SelectiveCase.AttributeOf(fixture), ModelCatalog.TypeOf(fixture.ModelFolder));
        using PretrainedModel model = DeclaredModel.FromPretrained(source, fixture.ModelFolder);

        Check(fixture, model, model.Adapters["default"]);
    }

    private static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter)
    {
        model.eval();
        FixtureModel kind = FixtureModel.Of(model);
        (Tensor ids, Tensor mask, Tensor labels) = (fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);
        if (adapter.Config is SparseMaskConfig { Choice: MaskChoice.Fisher } fish)
        {
            FisherMask.Choose(adapter, fish.Density, [() => kind.Loss(ids, mask, labels)]);
        }

        CheckMask(fixture, adapter);
        Dictionary<string, Parameter> parameters = Parameters(fixture, adapter);
        CheckGradients(fixture, kind.Loss(ids, mask, labels), parameters);
        TrainingCheck.Run(fixture, model, adapter, parameters, Trained);

        model.eval();
        Tensor after = kind.Logits(ids, mask, labels);
        Close.To(kind.Compared(fixture["logits_after"], mask), kind.Compared(after, mask), After(fixture), "logits after training");
    }

    private static void CheckMask(FixtureCase fixture, Adapter adapter)
    {
        foreach ((string path, SparseLinear layer) in SparseLinear.Of(adapter))
        {
            Tensor expected = SelectiveCase.MaskOf(fixture, $"{path}.weight")!;
            Assert.Equal(expected.data<long>().ToArray(), layer.Indices.data<long>().ToArray());
        }
    }

    private static void CheckGradients(FixtureCase fixture, Tensor loss, Dictionary<string, Parameter> parameters)
    {
        Close.To(fixture["loss"].squeeze(), loss, fixture.Tolerance("loss"), "loss");
        loss.backward();
        foreach ((string name, Parameter value) in parameters)
        {
            Close.To(Trained(fixture, name, fixture[$"grad.{name}"]), value.grad!, fixture.Tolerance("grad"), $"gradient of {name}");
            value.grad = null;
        }
    }

    /// <summary>The trained tensors by the parameter that each is, or is a part of.</summary>
    private static Dictionary<string, Parameter> Parameters(FixtureCase fixture, Adapter adapter) => adapter.Tensors.ToDictionary(
        tensor => tensor.Key[AdapterKeys.Model.Length..].Replace("mask_values", "weight", StringComparison.Ordinal),
        tensor => tensor.Value);

    /// <summary>What is trained of a recorded parameter: all of it, or the entries in its mask.</summary>
    private static Tensor Trained(FixtureCase fixture, string name, Tensor recorded) =>
        SelectiveCase.MaskOf(fixture, name) is { } places ? recorded.reshape(-1).index_select(0, places) : recorded;

    // The weights may be off by their tolerance after training, and the logits follow them.
    private static double After(FixtureCase fixture) => Math.Max(fixture.Tolerance("train.final"), 1e-4);
}
