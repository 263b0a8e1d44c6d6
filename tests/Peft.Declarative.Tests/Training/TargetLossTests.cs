using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>The loss of a decoder's targets, of which only labelled positions are computed, is that of all logits.</summary>
public sealed class TargetLossTests
{
    [Theory]
    [InlineData(1.0, true, false)]
    [InlineData(0.3, true, false)]
    [InlineData(0.3, false, false)]
    [InlineData(0.3, false, true)]   // an adapter on the head
    public void SumLoss_EqualsTheLossOfAllLogits(double share, bool tied, bool headToo)
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = T5ForConditionalGeneration.FromConfig(TinyModels.T5Config with { TiesHead = tied }, seed: 1);
        Attach(model, "first", headToo ? ["q", "lm_head"] : ["q", "v"]);

        AssertSame(model, Micro(model, share, [null, null]));
    }

    [Fact]
    public void SumLoss_OfMixedRows_EqualsTheLossOfAllLogits()
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = T5ForConditionalGeneration.FromConfig(TinyModels.T5Config with { TiesHead = false }, seed: 1);
        Attach(model, "first", ["q", "lm_head"]);
        Attach(model, "second", ["v", "lm_head"]);
        model.Adapters.Activate("first", "second");

        AssertSame(model, Micro(model, 0.3, ["second", "first"]));
    }

    [Fact]
    public void SumLoss_OfFewLabels_ComputesTheirLogitsOnly()
    {
        using DisposeScope scope = NewDisposeScope();
        using T5ForConditionalGeneration model = TinyModels.T5();
        MicroBatch micro = Micro(model, 0.3, [null, null]);
        long rows = 0;
        model.lm_head.register_forward_hook((_, input, output) =>
        {
            rows += input.numel() / input.size(-1);
            return output;
        });

        model.SumLoss(micro);

        Assert.Equal(micro.LabelIndices!.numel(), rows);
    }

    private static void AssertSame(T5ForConditionalGeneration model, MicroBatch micro)
    {
        Tensor logits = model.Logits(micro.InputIds, micro.DecoderIds!, micro.AttentionMask, micro.Adapters);
        (Tensor expected, Tensor[] wanted) = Gradients(model, Losses.CrossEntropySum(logits, micro.Labels));
        (Tensor actual, Tensor[] found) = Gradients(model, model.SumLoss(micro));

        Close.To(expected, actual, 1e-6 * expected.item<float>(), "loss");
        for (int i = 0; i < wanted.Length; i++)
        {
            Close.UpToRounding(wanted[i], found[i], model.TrainableParameters[i].Name);
        }
    }

    private static (Tensor Loss, Tensor[] Gradients) Gradients(PretrainedModel model, Tensor loss)
    {
        (loss / 7).backward();
        Tensor[] gradients = [.. model.TrainableParameters.Select(parameter => parameter.Value.grad!.clone())];
        foreach ((_, Parameter value) in model.TrainableParameters)
        {
            value.grad = null;
        }

        return (loss.detach(), gradients);
    }

    private static MicroBatch Micro(T5ForConditionalGeneration model, double share, string?[] adapters)
    {
        var draw = new Random(2);
        int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => 1 + draw.Next(TinyModels.T5Config.VocabularySize - 1))];
        TrainingRow Row(int source, int target, string? adapter)
        {
            int[] labels = Ids(target);
            return TrainingRow.OfPair(Ids(source), [.. labels.Select((id, i) => i == 0 || draw.NextDouble() < share ? id : TrainingRow.Ignored)]) with { Adapter = adapter };
        }

        using Batch batch = Batch.Of([Row(9, 24, adapters[0]), Row(12, 20, adapters[1])], maxLength: 30, model);
        MicroBatch micro = batch.Split(1)[0];
        Assert.Equal(share < 0.9, micro.LabelIndices is not null);
        return micro;
    }

    private static void Attach(PretrainedModel model, string name, string[] targets)
    {
        var adapter = new Adapter(name, new LoraConfig { Rank = 2, Targets = targets });
        model.Adapters.Attach(adapter);
        random.manual_seed(3).Dispose();
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        model.train();
    }
}
