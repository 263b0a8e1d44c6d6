using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Several adapters of one declaration, in one batch.</summary>
public sealed class PersonasTests
{
    private static readonly string Folder = TestData.Small("fixtures", "models", "llama");

    // One declaration of every form of generated code.
    private static readonly (string Class, string Attribute)[] Methods =
    [
        ("Loras", "Lora(rank: 8)"), ("Doras", "Dora(rank: 4, Bias = BiasTraining.None)"), ("Veras", "Vera(rank: 4)"), ("Scales", "Ia3"), ("Layers", "Bottleneck(reduction: 4)"),
        ("Prompts", "PromptTuning(tokens: 3)"), ("Encoded", "PTuning(tokens: 3)"), ("Prefixes", "PrefixTuning(tokens: 3)"), ("Unions", "MixAndMatch(2)"),
    ];

    private static readonly Lazy<DeclaredAssembly> Declared = new(() => DeclaredAssembly.Compile(
    [
        "using Peft.Declarative; using Peft.Declarative.Models; namespace Declared; " + string.Join(" ", Methods.Select(method =>
            $"[{method.Attribute}] [Personas(\"captain\", \"pip\", \"prof\")] public sealed partial class {method.Class} : LlamaForCausalLM;")),
    ]));

    public static TheoryData<string> Classes => [.. Methods.Select(method => method.Class)];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Personas_InOneBatch_GetTheGradientsOfTheirOwnRows(string name)
    {
        string?[] names = ["pip", "captain", null, "pip"];
        using DisposeScope scope = NewDisposeScope();
        using var model = (CausalLanguageModel)Declared.Value.FromPretrained(name, Folder);
        Assert.Equal(["captain", "pip", "prof"], model.Adapters.Select(adapter => adapter.Name));
        Assert.Empty(model.Adapters.Active);
        foreach (Adapter adapter in model.Adapters)
        {
            Invariants.Perturb(adapter);
        }

        Tensor ids = cat([TinyModels.Ids(), TinyModels.Ids().flip(1)], 0);
        model.Adapters.Activate("captain", "pip", "prof");
        Loss(model, ids, names).backward();
        Dictionary<string, Tensor> together = model.Adapters.SelectMany(adapter => adapter.Tensors.Select(tensor => (Key: $"{adapter.Name}/{tensor.Key}", tensor.Value)))
            .ToDictionary(entry => entry.Key, entry => entry.Value.grad?.clone() ?? zeros_like(entry.Value));

        Assert.All(together.Where(entry => entry.Key.StartsWith("prof/", StringComparison.Ordinal)), entry => Assert.Equal(0, entry.Value.abs().max().item<float>()));
        foreach (string persona in new[] { "captain", "pip" })
        {
            model.Adapters.Activate(persona);
            foreach (var tensor in model.Adapters[persona].Tensors)
            {
                tensor.Value.grad = null;
            }

            using Tensor rows = tensor(names.Select((own, row) => (own, (long)row)).Where(row => row.own == persona).Select(row => row.Item2).ToArray());
            Loss(model, ids.index_select(0, rows), null).backward();
            foreach (var tensor in model.Adapters[persona].Tensors)
            {
                Tensor alone = tensor.Value.grad ?? zeros_like(tensor.Value);

                // The rows of a batch add up in another order than those of an adapter alone.
                Close.To(alone, together[$"{persona}/{tensor.Key}"], 2e-6 * Math.Max(1, alone.abs().max().item<float>()), $"{name}, {persona}: {tensor.Key}");
            }
        }
    }

    [Fact]
    public void Personas_AreTypedAndAtRestUntilTheyAreNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (CausalLanguageModel)Declared.Value.FromPretrained("Loras", Folder);
        foreach (Adapter adapter in model.Adapters)
        {
            Invariants.Perturb(adapter);
        }

        Tensor ids = TinyModels.Ids();
        Tensor unnamed = model.Logits(new ModelInput(ids)), based = model.Logits(new ModelInput(ids) { Adapters = [null, null] });
        PeftException error = Assert.Throws<PeftException>(() => Peft.Declarative.Training.TrainingRun.Start(model, new TrainingPlan(), TrainingData.FromRows([TrainingRow.OfText([3, 4, 5])])));

        Close.To(based, unnamed, 0, "no persona");
        Assert.Equal("PEFT403", error.Id);
        Assert.Contains("name the adapter of each row", error.Message, StringComparison.Ordinal);
        Assert.Same(model.Adapters["pip"], model.GetType().GetProperty("Pip")!.GetValue(model));
    }

    private static Tensor Loss(CausalLanguageModel model, Tensor ids, IReadOnlyList<string?>? adapters) => model.SumLoss(new MicroBatch(ids, ids) { Adapters = adapters });
}
