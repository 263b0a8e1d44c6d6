using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>The memory that loaded adapters share.</summary>
public sealed class AdapterMemoryTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 12).Select(i => $"persona {i}")];

    [Fact]
    public void Adapters_ThatAreLoadedAndRemoved_KeepTheirNumbers()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor ids = TinyModels.Ids();
        Dictionary<string, Tensor> alone = [];
        using (CausalLanguageModel made = TinyModels.Llama())
        {
            foreach (string name in Names)
            {
                Adapter adapter = Personas.Attach(made, name);
                adapter.Activate();
                alone[name] = made.Logits(new ModelInput(ids));
                adapter.Save(folder[name]);
            }
        }

        using CausalLanguageModel model = TinyModels.Llama();
        model.eval();
        var dice = new Random(3);
        foreach (int step in Enumerable.Range(0, 40))
        {
            string name = Names[dice.Next(Names.Length)];
            if (model.Adapters.Any(adapter => adapter.Name == name))
            {
                model.Adapters.Remove(name);
            }
            else
            {
                model.Adapters.LoadBeside(folder[name], name);
            }

            foreach (Adapter adapter in model.Adapters)
            {
                Close.To(alone[adapter.Name], model.Logits(new ModelInput(ids) { Adapters = [adapter.Name, adapter.Name] }), 1e-6, $"step {step}: {adapter.Name}");
            }
        }

        Adapter last = model.Adapters.First();
        last.Save(folder["again"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder[last.Name], "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(folder["again"], "adapter_model.safetensors")));
    }

    [Fact]
    public void Adapter_ThatIsLoadedInEvaluationMode_IsInItWithoutAWalkOverAllModules()
    {
        using var folder = new TemporaryFolder();
        using CausalLanguageModel model = TinyModels.Llama();
        Personas.Attach(model, "a").Save(folder["a"]);
        model.eval();
        model.Adapters.ModeIsSettled = true;

        Adapter loaded = model.Adapters.LoadBeside(folder["a"], "b");

        Assert.True(model.Adapters.ModeIsSettled);
        Assert.All(loaded.Parts, entry => Assert.False(((nn.Module)entry.Part).training));
        model.train();
        Assert.All(loaded.Parts, entry => Assert.True(((nn.Module)entry.Part).training));
    }

    [Fact]
    public void Table_OfRowsThatComeAndGo_UsesThemAgainAndEndsEmpty()
    {
        long before = LiveTensors.CountAfterCollection();
        using (DisposeScope scope = NewDisposeScope())
        {
            Tensor[] tensors = [.. Enumerable.Range(0, 40).Select(i => full([2, 3], (float)i))];
            var table = new TensorTable(tensors[0]);
            int[] rows = [.. tensors.Select(table.Take)];
            Assert.Equal(Enumerable.Range(0, 40), rows.Order());
            Assert.All(tensors.Select((tensor, i) => (tensor, i)), entry => Assert.Equal(entry.i, entry.tensor.sum().item<float>() / 6));

            table.Free(rows[5]);
            Tensor other = full([2, 3], -1f);
            Assert.Equal(rows[5], table.Take(other));
            Assert.Equal(4, tensors[4].mean().item<float>());
            rows.ToList().ForEach(table.Free);
        }

        Assert.Equal(before, LiveTensors.CountAfterCollection());
    }
}
