using System.Runtime.InteropServices;
using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>The loss in pieces is the loss: same value, same gradients, whatever is trained and however few labels there are.</summary>
public sealed class ChunkedCrossEntropyTests
{
    [Theory]
    [InlineData(1.0, false)]
    [InlineData(0.3, false)]
    [InlineData(0.3, true)]   // a trained head
    public void SumLoss_EqualsTheLossOfAllLogits(double share, bool headToo)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.Llama();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Targets = headToo ? ["q_proj", "lm_head"] : ["q_proj", "v_proj"] });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        MicroBatch micro = Micro(model, share);

        Tensor expected = Losses.NextTokenSum(model.Logits(new ModelInput(micro.InputIds)), micro.Labels);
        Tensor[] expectedGradients = Gradients(model, expected / 7);
        Tensor actual = model.SumLoss(micro);
        Tensor[] actualGradients = Gradients(model, actual / 7);

        ScheduleData.AssertClose(expected, actual, 1e-5, 1e-6, "loss");
        foreach ((Tensor wanted, Tensor found) in expectedGradients.Zip(actualGradients))
        {
            ScheduleData.AssertClose(wanted, found, 1e-6, 1e-5, "gradient");
        }
    }

    [Fact]
    public void SumLoss_WithLearnedTokens_CountsTheFirstLabel()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.Llama();
        var adapter = new Adapter("default", new PromptTuningConfig { Tokens = 3 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        MicroBatch sparse = Micro(model, share: 0.3);
        var unknown = new MicroBatch(sparse.InputIds, sparse.Labels);

        Tensor logits = model.Logits(new ModelInput(sparse.InputIds));
        Tensor labels = cat([full([2, 3], -100L, dtype: ScalarType.Int64), sparse.Labels], 1);
        Tensor expected = Losses.NextTokenSum(logits, labels);

        ScheduleData.AssertClose(expected, model.SumLoss(sparse), 1e-5, 1e-6, "with places");
        ScheduleData.AssertClose(expected, model.SumLoss(unknown), 1e-5, 1e-6, "without places");
    }

    [Theory]
    [InlineData(true, 33)]
    [InlineData(true, 4)]
    [InlineData(false, 33)]
    public void WithGradient_EqualsTheOperator(bool byRows, int classes)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4).Dispose();
        Tensor logits = (randn(9, classes) * 50).requires_grad_(true);   // some probabilities are zero in float32
        Tensor targets = randint(classes, [9], dtype: ScalarType.Int64);
        targets[5] = Losses.Ignored;
        Tensor expected = nn.functional.cross_entropy(logits, targets, ignore_index: -100, reduction: nn.Reduction.Sum);
        expected.backward();

        RowKernel.IsEnabled = byRows;
        (Tensor loss, Tensor gradient) = SoftmaxLoss.WithGradient(logits.detach(), targets);
        RowKernel.IsEnabled = true;

        ScheduleData.AssertClose(expected, loss, 0, 1e-6, "loss");
        ScheduleData.AssertClose(logits.grad!, gradient, 1e-6, 0, "gradient");
    }

    // More rows than labels, as a head of a user's own can give, would be written to at labels of other memory.
    [Theory]
    [InlineData(4, 3)]
    [InlineData(3, 4)]
    public void WithGradient_OfAnotherNumberOfLabels_IsLeftToLibtorch(int rows, int labels)
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => SoftmaxLoss.WithGradient(randn(rows, 5), ones(labels, ScalarType.Int64)));
    }

    // As int64, the first three would be 4, 2 and 0.
    [Fact]
    public void WithGradient_OfLabelsInAnotherType_ReadsThemAsWhatTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(3, 5), labels = tensor([4L, 0, 2, 0, 0, 0]);

        (Tensor expected, Tensor expectedGradient) = SoftmaxLoss.WithGradient(logits, labels.narrow(0, 0, 3));
        (Tensor loss, Tensor gradient) = SoftmaxLoss.WithGradient(logits, labels.to(ScalarType.Int32).narrow(0, 0, 3));

        ScheduleData.AssertClose(expected, loss, 1e-5, 1e-6, "loss");
        ScheduleData.AssertClose(expectedGradient, gradient, 1e-6, 1e-5, "gradient");
    }

    [Fact]
    public void Sum_OverManyPieces_EqualsOnePiece()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4).Dispose();
        Tensor weight = randn(140_000, 4);
        Tensor hidden = randn(300, 4).requires_grad_(true);   // pieces of 64 rows
        Tensor targets = randint(140_000, [300], dtype: ScalarType.Int64);
        targets[5] = Losses.Ignored;

        Tensor expected = nn.functional.cross_entropy(hidden.mm(weight.t()), targets, ignore_index: -100, reduction: nn.Reduction.Sum);
        expected.backward();
        Tensor wanted = hidden.grad!.clone();
        hidden.grad = null;
        Tensor actual = ChunkedCrossEntropy.Sum(hidden, targets, x => nn.functional.linear(x, weight), []);
        actual.backward();

        ScheduleData.AssertClose(expected, actual, 1e-3, 1e-6, "loss");
        ScheduleData.AssertClose(wanted, hidden.grad!, 1e-5, 1e-5, "gradient");
    }

    private static MicroBatch Micro(CausalLanguageModel model, double share)
    {
        var draw = new Random(2);
        TrainingRow Row(int length)
        {
            int[] ids = [.. Enumerable.Range(0, length).Select(_ => draw.Next(TinyModels.LlamaConfig.VocabularySize))];
            return new TrainingRow(ids, [.. ids.Select((id, i) => i == 0 || draw.NextDouble() < share ? id : TrainingRow.Ignored)]);
        }

        using Batch batch = Batch.Of([Row(24), Row(24)], maxLength: 30, model);
        MicroBatch micro = batch.Split(1)[0];
        Assert.Equal(share < 0.9, micro.LabelIndices is not null);
        return micro;
    }

    private static Tensor[] Gradients(CausalLanguageModel model, Tensor loss)
    {
        loss.backward();
        return [.. model.TrainableParameters.Select(parameter =>
        {
            Tensor gradient = parameter.Value.grad!.clone();
            parameter.Value.grad = null;
            return gradient;
        })];
    }
}
