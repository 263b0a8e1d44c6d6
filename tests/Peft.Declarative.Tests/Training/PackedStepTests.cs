using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>A step over packed rows, text by text: the loss and gradients of a mask, without the mask.</summary>
public sealed class PackedStepTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TextByText _textByText = new();

    // A text that fills a row, many short ones, one that has a row for itself, padding.
    private static readonly int[] Lengths = [40, 35, 22, 9, 9, 9, 9, 5, 4, 4, 3, 3, 2];

    public void Dispose()
    {
        _textByText.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("llama", null)]
    [InlineData("gpt2", null)]
    [InlineData("llama", 40)]   // hides nothing
    [InlineData("llama", 7)]
    public void SumLoss_OfPackedRows_IsThatUnderAMask(string family, int? window)
    {
        using CausalLanguageModel model = Model(family, window);
        using Batch batch = TextByText.Pack(model, 40, Lengths);

        foreach (int parts in new[] { 1, 3 })
        {
            Assert.All(batch.Split(parts), micro => AssertSame(model, micro));
        }
    }

    [Theory]
    [InlineData(Checkpointing.Full)]
    [InlineData(Checkpointing.Selective)]
    public void SumLoss_WithCheckpoints_IsThatUnderAMask(Checkpointing checkpointing)
    {
        using CausalLanguageModel model = Model("llama");
        using Batch batch = TextByText.Pack(model, 40, Lengths);
        (Tensor loss, Tensor[] gradients) = SameGradients.Of(model, TextByText.Masked(batch.Whole));

        model.Checkpointing = checkpointing;
        (Tensor actual, Tensor[] actualGradients) = SameGradients.Of(model, batch.Whole);

        AssertSame(model, loss, gradients, actual, actualGradients);
    }

    [Fact]
    public void SumLoss_OfRowsOfTwoAdapters_IsThatUnderAMask()
    {
        string[] names = ["ada", "grace"];
        using CausalLanguageModel model = Model("llama", adapters: names);
        using Batch batch = Batch.Of([.. TrainingLoop.Rows(24).Select((row, i) => row with { Adapter = names[i % 2] })], 40, model, packing: true);

        Assert.True(batch.Count is > 2 and < 8);
        AssertSame(model, batch.Whole);
    }

    [Fact]
    public void SumLoss_OfPackedRows_IsTheSumOfEachTextAlone()
    {
        using CausalLanguageModel model = Model("llama");
        using Batch packed = TextByText.Pack(model, 40, Lengths);
        Tensor sum = zeros(1);
        using (no_grad())
        {
            for (int text = 0; text < Lengths.Length; text++)
            {
                sum += model.SumLoss(Alone(packed.Whole, text));
            }

            Close.UpToRounding(sum.squeeze(), model.SumLoss(packed.Whole), "loss");
        }
    }

    // The mask would be kept for the backward pass, once for all layers.
    [SkippableFact]
    public void SumLoss_OfPackedRows_MakesNoMask()
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        const int Capacity = 1024;
        using CausalLanguageModel model = Model("llama");
        using Batch batch = TextByText.Pack(model, Capacity, [.. Enumerable.Range(0, 40).Select(i => 20 + (i % 9))]);
        using IDisposable watching = TensorBytes.Watch();
        Kept(model, batch.Whole);

        long mask = (long)batch.Count * Capacity * Capacity * sizeof(float);
        long without = Kept(model, batch.Whole);
        long with = Kept(model, TextByText.Masked(batch.Whole));

        Assert.InRange(with - without, 0.8 * mask, double.MaxValue);   // what is split is kept
    }

    private static long Kept(CausalLanguageModel model, MicroBatch micro)
    {
        using DisposeScope pass = NewDisposeScope();
        long before = TensorBytes.InUse;
        Tensor loss = model.SumLoss(micro);
        long kept = TensorBytes.InUse - before;
        Assert.True(loss.requires_grad);
        return kept;
    }

    // The text of a number, in the order of the rows, as a row of its own.
    private static MicroBatch Alone(MicroBatch packed, int number)
    {
        int row = 0;
        for (; number >= packed.TextLengths![row].Length; row++)
        {
            number -= packed.TextLengths[row].Length;
        }

        int start = packed.TextLengths[row].Take(number).Sum();
        Tensor Cut(Tensor all) => all.narrow(0, row, 1).narrow(1, start, packed.TextLengths[row][number]);
        return new MicroBatch(Cut(packed.InputIds), Cut(packed.Labels));
    }

    private static CausalLanguageModel Model(string family, int? window = null, params string[] adapters)
    {
        CausalLanguageModel model = family == "gpt2" ? TinyModels.Gpt2() : LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = window }, seed: 1);
        random.manual_seed(5);
        foreach (string name in adapters.DefaultIfEmpty("default"))
        {
            Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 4 }, name));
        }

        model.Adapters.Activate([.. adapters.DefaultIfEmpty("default")]);
        model.train();
        return model;
    }

    private static void AssertSame(CausalLanguageModel model, MicroBatch micro)
    {
        Assert.NotNull(micro.TextLengths);
        (Tensor expected, Tensor[] expectedGradients) = SameGradients.Of(model, TextByText.Masked(micro));
        (Tensor actual, Tensor[] gradients) = SameGradients.Of(model, micro);
        AssertSame(model, expected, expectedGradients, actual, gradients);
    }

    private static void AssertSame(CausalLanguageModel model, Tensor expected, Tensor[] expectedGradients, Tensor actual, Tensor[] gradients)
    {
        Close.UpToRounding(expected, actual, "loss");
        Assert.Equal(model.TrainableParameters.Count, gradients.Length);
        for (int i = 0; i < gradients.Length; i++)
        {
            Assert.True(expectedGradients[i].abs().max().item<float>() > 0);
            Close.UpToRounding(expectedGradients[i], gradients[i], model.TrainableParameters[i].Name);
        }
    }
}
