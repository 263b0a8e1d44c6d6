using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>
/// What merging does to every other operation: each pair of them, from a model whose adapter is merged, gives what the active adapters say on an unmerged
/// model, or is refused in words and changes nothing.
/// </summary>
public sealed class AdapterStateTests : IDisposable
{
    private static readonly string[] Names = ["a", "b"];

    private static readonly Dictionary<string, Action<LlamaForCausalLM, string>> Operations = new()
    {
        ["merge"] = (model, _) => model.Merge(),
        ["unmerge"] = (model, _) => model.Unmerge(),
        ["activate a"] = (model, _) => model.Adapters.Activate("a"),
        ["activate b"] = (model, _) => model.Adapters["b"].Activate(),
        ["activate both"] = (model, _) => model.Adapters.Stack("a", "b"),
        ["activate none"] = (model, _) => model.Adapters.Activate(),
        ["load c"] = (model, folder) => model.LoadAdapter(Path.Combine(folder, "c"), "c"),
        ["load into a"] = (model, folder) => model.LoadAdapter(Path.Combine(folder, "a"), "a"),
        ["remove a"] = (model, _) => model.Adapters.Remove("a"),
        ["remove b"] = (model, _) => model.Adapters.Remove("b"),
        ["save a"] = (model, folder) => model.Adapters["a"].Save(Path.Combine(folder, "saved")),
        ["attach d"] = (model, _) => Personas.Attach(model, "d"),
        ["disable"] = (model, _) => model.Adapters.Disabled().Dispose(),
        ["turn of b"] = (model, _) => model.BeginTurn("b").Dispose(),
        ["train"] = (model, _) => Train(model),
        ["save state"] = (model, _) => model.state_dict(),
        ["load state"] = (model, _) => model.load_state_dict(model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone())),
        ["use float32"] = (model, _) => model.Use(Precision.Float32),
        ["to float32"] = (model, _) => model.to(ScalarType.Float32),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Firsts { get; } = [.. Operations.Keys];

    public AdapterStateTests()
    {
        foreach (string name in new[] { "a", "c" })
        {
            using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), name);
            model.SaveAdapter(_folder[name]);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Firsts))]
    public void Operation_AfterMergeAndBeforeEveryOther_IsRightOrRefused(string first)
    {
        foreach (string second in Operations.Keys)
        {
            using DisposeScope scope = NewDisposeScope();
            using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), Names);
            model.Adapters.Activate("a");
            model.Merge();
            foreach (string operation in new[] { first, second })
            {
                Do(model, operation, $"{first}, {second}");
            }

            using (model.Adapters.Disabled())
            {
                AssertSame(Expected([]), TinyFamilies.Outputs(model), $"{first}, {second}: disabled");
            }

            AssertSame(Expected(model.Adapters.Active.Select(adapter => adapter.Name)), TinyFamilies.Outputs(model), $"{first}, {second}: enabled again");
        }
    }

    [Fact]
    public void Disabled_AfterMerge_IsTheBaseToTheBit()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        using DisposeScope scope = NewDisposeScope();
        model.Merge();
        Tensor merged = TinyFamilies.Outputs(model);

        using (model.Adapters.Disabled())
        {
            Assert.True(Expected([]).eq(TinyFamilies.Outputs(model)).all().item<bool>());
            Assert.False(model.Adapters["a"].IsMerged);
        }

        Assert.True(model.Adapters["a"].IsMerged);
        Assert.True(merged.eq(TinyFamilies.Outputs(model)).all().item<bool>());
    }

    [Fact]
    public void Activate_OfAnotherAfterMerge_SaysWhatToDo()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "b", "a");
        model.Merge();

        PeftException error = Assert.Throws<PeftException>(() => model.Adapters.Activate("b"));

        Assert.Equal("PEFT306", error.Id);
        Assert.Contains("'a' is merged", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unmerge", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OfAMergedAdapter_WritesTheSameFilesAsBeforeTheMerge()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        model.SaveAdapter(_folder["before"]);
        model.Merge();

        model.SaveAdapter(_folder["after"]);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["before"], "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(_folder["after"], "adapter_model.safetensors")));
        Assert.True(model.Adapters["a"].IsMerged);
    }

    // The operation is done, or is refused and leaves everything as it was; then the outputs are those of the active adapters.
    private void Do(LlamaForCausalLM model, string operation, string what)
    {
        string[] before = [.. model.Adapters.Active.Select(adapter => adapter.Name)];
        string[] merged = [.. model.Adapters.Where(adapter => adapter.IsMerged).Select(adapter => adapter.Name)];
        try
        {
            Operations[operation](model, _folder.Path);
        }
        catch (PeftException error)
        {
            Assert.True(error.Id is "PEFT306" or "PEFT703" or "PEFT304", $"{what}: {error.Message}");
            Assert.Equal(before, model.Adapters.Active.Select(adapter => adapter.Name));
            Assert.Equal(merged, model.Adapters.Where(adapter => adapter.IsMerged).Select(adapter => adapter.Name));
        }

        AssertSame(Expected(model.Adapters.Active.Select(adapter => adapter.Name)), TinyFamilies.Outputs(model), $"{what}: after {operation}");
    }

    private static void Train(LlamaForCausalLM model)
    {
        model.train();
        try
        {
            Tensor ids = TinyModels.Ids();
            Tensor loss = model.SumLoss(new MicroBatch(ids, ids));
            if (loss.requires_grad)
            {
                loss.backward();
            }
        }
        finally
        {
            model.eval();
            foreach (var tensor in model.Adapters.Trainable)
            {
                tensor.Value.grad = null;
            }
        }
    }

    private static Tensor Expected(IEnumerable<string> active)
    {
        string[] names = [.. active];
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), ["a", "b", "c", "d"]);
        model.Adapters.Activate(names);
        return TinyFamilies.Outputs(model);
    }

    private static void AssertSame(Tensor expected, Tensor actual, string what) =>
        Assert.True(expected.allclose(actual, rtol: 1e-4, atol: 1e-4), $"{what}: differs by {(expected - actual).abs().max().item<float>()}");
}
