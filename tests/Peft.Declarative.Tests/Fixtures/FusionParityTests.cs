using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Declared;
using Peft.Declarative.Tests.Methods.Bottleneck;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>AdapterHub's fusions of two bottlenecks, and the two in every other composition.</summary>
public sealed class FusionParityTests
{
    public static TheoryData<string> Cases { get; } = FixtureCase.Root is { } root
        ? [.. Directory.GetDirectories(Path.Combine(root, "cases")).Where(folder => Directory.Exists(Path.Combine(folder, "fusion"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fusion_LoadedFromItsFiles_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        model.LoadAdapter(Path.Combine(fixture.Folder, "x"), "x");
        model.LoadAdapter(Path.Combine(fixture.Folder, "y"), "other");   // its file calls it 'y'

        Adapter fusion = model.LoadAdapter(Path.Combine(fixture.Folder, "fusion"), "fused");
        Check(fixture, model, fusion, second: "other");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fusion_MadeAndThenLoaded_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        model.LoadAdapter(Path.Combine(fixture.Folder, "x"), "x");
        model.LoadAdapter(Path.Combine(fixture.Folder, "y"), "y");

        model.Adapters.Fuse("x", "y");
        Adapter fusion = model.LoadAdapter(Path.Combine(fixture.Folder, "fusion"), "x,y");
        Check(fixture, model, fusion, second: "y");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fusion_Declared_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        string bottleneck = BottleneckDeclaration.Of(fixture.Json["adapter_config"]!.AsObject(), []).TrimEnd(')');
        string attributes = $"""{bottleneck}, Name = "x")] [{bottleneck}, Name = "y")] [AdapterFusion("x", "y")""";
        using PretrainedModel model = DeclaredModel.FromPretrained(DeclarationSource.Around(attributes, ModelCatalog.TypeOf(fixture.ModelFolder)), fixture.ModelFolder);
        model.LoadAdapter(Path.Combine(fixture.Folder, "x"), "x");
        model.LoadAdapter(Path.Combine(fixture.Folder, "y"), "y");

        Adapter fusion = model.LoadAdapter(Path.Combine(fixture.Folder, "fusion"));
        Check(fixture, model, fusion, second: "y");
    }

    private static void Check(FixtureCase fixture, PretrainedModel model, Adapter fusion, string second)
    {
        Dictionary<string, Parameter> parameters = fusion.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value);
        FixtureModel kind = FixtureModel.Of(model);
        model.eval();
        ShareHead(fixture, model);

        AdapterParity.CheckForward(fixture, kind, fusion, parameters);
        Close.To(fixture["fusion_regularization_loss"].squeeze(), FusionRegularization.Of(fusion), fixture.Tolerance("loss"), "regularisation");
        foreach ((string folder, Adapter adapter) in new[] { ("x", model.Adapters["x"]), ("y", model.Adapters[second]), ("fusion", fusion) })
        {
            AdapterParity.CheckSaving(fixture, adapter, Path.Combine(fixture.Folder, folder));
        }

        model.Adapters["x"].Activate();
        CheckLogits(fixture, kind, "logits.x");
        model.Adapters.Stack("x", second);
        CheckLogits(fixture, kind, "logits.stack_xy");

        // Recorded with the weights 0.3 and 0.7. The reference library normalises weights and then takes the mean of what they weigh, and so
        // divides by the number of adapters twice.
        model.Adapters.Average(("x", 0.3 / 2), (second, 0.7 / 2));
        CheckLogits(fixture, kind, "logits.average_xy");
        model.Adapters.Split(("x", 1), (second, (int)fixture["input_ids"].size(0) - 1));
        CheckLogits(fixture, kind, "logits.batchsplit_x1_yrest");

        fusion.Activate();
        Assert.Equal("PEFT306", Assert.Throws<PeftException>(model.Merge).Id);
        TrainingCheck.Run(fixture, model, fusion, parameters);
    }

    // There is one head in the reference library; here every adapter has its own, which starts as the base's.
    private static void ShareHead(FixtureCase fixture, PretrainedModel model)
    {
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in model.Adapters.SelectMany(adapter => adapter.Tensors).Where(tensor => tensor.Optional))
        {
            tensor.Value.copy_(fixture[$"param.{tensor.Key}"]);
        }
    }

    private static void CheckLogits(FixtureCase fixture, FixtureModel kind, string what)
    {
        Tensor mask = fixture["attention_mask"];
        Tensor logits = kind.Logits(fixture["input_ids"], mask, fixture["labels"]);
        Close.To(kind.Compared(fixture[what], mask), kind.Compared(logits, mask), fixture.Tolerance("logits"), what);
    }
}
