using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Stacked tensors that outlive the rows of a batch. LoRA's are read where they are, so it is other methods that show it.</summary>
public sealed class StackMemoryTests
{
    private const int Most = 7;

    private static readonly string?[] Known = ["a", "b", "c", "d", "wide", "hadamard", "hadamard 2", "hadamard 3", "hadamard 4", "kronecker", "kronecker 2", "kronecker 3", "kronecker 4", null];

    [Fact]
    public void Rows_ThatComeAndGo_GetWhatAFreshBatchGets()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model();
        using var memory = new StackMemory();
        var dice = new Random(5);
        List<string?> names = ["hadamard", "hadamard 2", "hadamard 3"];
        for (int step = 0; step < 40; step++)
        {
            Change(names, dice);
            Tensor ids = randint(2, 44, [names.Count, 5], dtype: ScalarType.Int64);
            using var kept = new RowRouting(names, CPU, memory);
            using var fresh = new RowRouting(names, CPU);

            Close.To(Logits(model, fresh, ids), Logits(model, kept, ids), 1e-6, $"step {step}: {string.Join(", ", names)}");
        }
    }

    [Theory]
    [InlineData("hadamard, hadamard 2, hadamard 3 > hadamard, hadamard 4, hadamard 3")]
    [InlineData("hadamard, hadamard 2, hadamard 3 > hadamard, hadamard 2, hadamard 3, hadamard 4")]
    [InlineData("hadamard, hadamard 2, hadamard 3, hadamard 4 > hadamard, hadamard 4, hadamard 3")]
    [InlineData("kronecker, kronecker 2, kronecker 3 > kronecker, kronecker 4, kronecker 3")]
    [InlineData("kronecker, kronecker 2, kronecker 3 > kronecker, kronecker 2, kronecker 3, kronecker 4")]
    public void Row_InAPlaceOfAnotherAdapter_IsThatOfItsOwn(string batches)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model();
        foreach (AdapterTensor tensor in model.Adapters.SelectMany(adapter => adapter.Tensors))
        {
            tensor.Value.copy_(randn_like(tensor.Value).mul_(0.7));   // all factors, or the adapters would hardly differ
        }

        using var memory = new StackMemory();
        foreach (string[] names in batches.Split(" > ").Select(batch => batch.Split(", ")))
        {
            Tensor ids = ones([names.Length, 3], dtype: ScalarType.Int64);
            using var routing = new RowRouting(names, CPU, memory);
            Tensor rows = Logits(model, routing, ids);
            for (int i = 0; i < names.Length; i++)
            {
                model.Adapters.Activate(names[i]);
                Close.To(model.Logits(new ModelInput(ids[..1])), rows[i..(i + 1)], 1e-4, $"row {i} of {batches}");
                model.Adapters.Activate();
                Assert.All(names.Index().Where(other => other.Item != names[i]), other =>
                    Assert.True(rows[i].sub(rows[other.Index]).abs().max().item<float>() > 0.1f, $"'{names[i]}' and '{other.Item}' are alike"));
            }
        }
    }

    [Fact]
    public void Memory_ThatWasDisposed_LeavesNoTensor()
    {
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model();
        Pass();
        long before = LiveTensors.CountAfterCollection();

        Pass();

        Assert.Equal(before, LiveTensors.CountAfterCollection());

        void Pass()
        {
            using DisposeScope scope = NewDisposeScope();
            using var memory = new StackMemory();
            string?[][] batches =
            [
                ["hadamard", "hadamard 2"], ["hadamard", "hadamard 2", "hadamard 3", "kronecker", "kronecker 2"], ["hadamard", "hadamard 3", "hadamard 2"],
                ["hadamard", null], ["a", "kronecker 2", "kronecker", "b"],
            ];
            foreach (string?[] names in batches)
            {
                using var routing = new RowRouting(names, CPU, memory);
                Logits(model, routing, ones([names.Length, 3], dtype: ScalarType.Int64));
            }
        }
    }

    // As a batch does: rows join at the end, and the last one takes the place of one that leaves.
    private static void Change(List<string?> names, Random dice)
    {
        if (names.Count > 1 && (names.Count == Most || dice.Next(2) == 0))
        {
            names[dice.Next(names.Count)] = names[^1];
            names.RemoveAt(names.Count - 1);
        }
        else
        {
            names.Add(Known[dice.Next(Known.Length)]);
        }
    }

    private static Tensor Logits(CausalLanguageModel model, RowRouting routing, Tensor ids)
    {
        using RoutingPass pass = model.Adapters.Routing.Enter(routing);
        return model.Logits(new ModelInput(ids));
    }

    private static CausalLanguageModel Model()
    {
        var model = (CausalLanguageModel)TinyFamilies.Make("llama");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(11);
        foreach ((string name, int i) in Known.OfType<string>().Select((name, i) => (name, i)))
        {
            Invariants.Perturb(Invariants.Attach(model, name switch
            {
                ['h', ..] => new LoHaConfig { Rank = 2, Alpha = i },
                ['k', ..] => new LoKrConfig { Rank = 2, Alpha = i },
                _ => new LoraConfig { Rank = name == "wide" ? 4 : 3, Alpha = i + 1 },
            }, name));
        }

        model.Adapters.Activate();
        model.eval();
        return model;
    }
}
