using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Data;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>Several texts in one row: nothing of one may reach another, so that training is the same as without.</summary>
public sealed class PackingTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 3, LearningRate = 0.02, BatchSize = 4, Accumulate = 2, MaxLength = ChatData.MaxLength, WarmupSteps = 2 };

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public void Train_OnConversations_PackedEqualsUnpackedStepByStep(int? window)
    {
        TrainingData data = ChatData.Read();
        TrainingRow[] rows = [.. data.Rows];

        TrainingResult padded = Train(data, Plan, window);
        TrainingResult packed = Train(data, Plan with { Packing = true }, window);

        Assert.True(RowPacking.FirstFit(rows, ChatData.MaxLength).Length < rows.Length / 2, "hardly a row is shared");
        Assert.Contains(rows, row => row.Labels.Contains(TrainingRow.Ignored));
        Assert.True(padded.Losses.Count >= 12 && padded.Losses[^1] < padded.Losses[0], "the run is too short or learns nothing");
        Assert.Equal(padded.Losses.Count, packed.Losses.Count);
        for (int step = 0; step < padded.Losses.Count; step++)
        {
            Assert.Equal(padded.Losses[step], packed.Losses[step], 1e-5);
        }

        Assert.Equal(padded.Tokens, packed.Tokens);
    }

    [Fact]
    public void SumLoss_OfLearnedPositions_IsTheSameWhenTheyBeginAnewInEachText()
    {
        using DisposeScope scope = NewDisposeScope();
        using Gpt2ForCausalLM model = TinyModels.Gpt2();
        model.eval();
        TrainingRow[] rows = [.. TrainingLoop.Rows(9)];
        using Batch padded = Batch.Of(rows, 64, model);
        using Batch packed = Batch.Of(rows, 64, model, packing: true);

        Assert.Equal(1, packed.Count);
        Assert.Equal(padded.LabelCount, packed.LabelCount);
        Assert.Equal(model.SumLoss(padded.Split(1)[0]).item<float>(), model.SumLoss(packed.Split(1)[0]).item<float>(), 1e-3f);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public void SumLoss_OfPackedRows_GivesTheGradientsOfPaddedOnes(int? window)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = Adapted(TinyModels.LlamaConfig with { SlidingWindow = window });
        model.train();
        TrainingRow[] rows = [.. TrainingLoop.Rows(9)];
        using Batch padded = Batch.Of(rows, 64, model);
        using Batch packed = Batch.Of(rows, 64, model, packing: true);

        Tensor[] expected = Gradients(model, padded);
        Tensor[] actual = Gradients(model, packed);

        Assert.True(packed.Count < padded.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Close.UpToRounding(expected[i], actual[i], model.TrainableParameters[i].Name);
        }
    }

    [Fact]
    public void Logits_OfAPackedText_DoNotChangeWithItsNeighbour()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        model.eval();

        Tensor with = Second(model, [5, 9, 13]);
        Tensor withOther = Second(model, [40, 1, 2]);

        Assert.Equal(0.0f, (with - withOther).abs().max().item<float>());
    }

    [Fact]
    public void FirstFit_LongestFirst_FillsRowsAndCutsWhatIsTooLong()
    {
        TrainingRow[][] lines = RowPacking.FirstFit([.. new[] { 2, 6, 3, 12, 4, 5 }.Select(length => TrainingRow.OfText(new int[length]))], capacity: 10);

        Assert.Equal(["12", "6,4", "5,3,2"], lines.Select(line => string.Join(",", line.Select(row => row.Ids.Length))));
    }

    [Fact]
    public void Batch_OfPackedRows_BeginsPositionsAnewAndLearnsNoFirstToken()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        using Batch batch = Batch.Of([TrainingRow.OfText([1, 2]), TrainingRow.OfCompletion([3], [4, 5]), TrainingRow.OfText([6, 7, 8, 9])], 6, model, packing: true);

        MicroBatch micro = Assert.Single(batch.Split(1));

        Assert.Equal([6, 7, 8, 9, 1, 2, 3, 4, 5, 0, 0, 0], micro.InputIds.data<long>().ToArray());
        Assert.Equal([-100, 7, 8, 9, -100, 2, -100, 4, 5, -100, -100, -100], micro.Labels.data<long>().ToArray());
        Assert.Equal([0, 1, 2, 3, 0, 1, 0, 1, 2, 0, 0, 0], micro.PositionIds!.data<long>().ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], micro.SegmentIds!.data<long>().ToArray());
        Assert.Equal(["4,2", "3"], micro.TextLengths!.Select(row => string.Join(",", row)));
        Assert.Equal(6, batch.LabelCount);
        Assert.Equal(9, batch.TokenCount);
    }

    [Fact]
    public void Start_WithLearnedTokensBeforeTheText_RefusesPacking()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var adapter = new Adapter("prompt", new PromptTuningConfig { Tokens = 3 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);

        PeftException error = Refused(model);

        Assert.Contains("'LlamaForCausalLM' cannot keep apart: it has virtual tokens before the text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OfAnEncoder_RefusesPacking()
    {
        using BertForSequenceClassification model = TinyModels.Bert();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Targets = ["query"] });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);

        Assert.Contains("it is no decoder", Refused(model).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OfAModelWithItsOwnLoss_RefusesPacking()
    {
        using var model = new TinyTrainable();

        Assert.Contains("its SumLoss is its own", Refused(model).Message, StringComparison.Ordinal);
    }

    private static PeftException Refused(ITrainable model)
    {
        TrainingData data = TrainingData.FromRows([TrainingRow.OfText([1, 2, 3])]);
        PeftException error = Assert.Throws<PeftException>(() => { TrainingRun.Start(model, new TrainingPlan { Packing = true }, data).Dispose(); });
        Assert.Equal("PEFT310", error.Id);
        return error;
    }

    private static TrainingResult Train(TrainingData data, TrainingPlan plan, int? window)
    {
        using LlamaForCausalLM model = Adapted(TinyModels.LlamaConfig with { VocabularySize = 512, SlidingWindow = window });
        return TrainingLoop.Train(model, plan, data);
    }

    private static LlamaForCausalLM Adapted(LlamaConfig config)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(config, seed: 3);
        manual_seed(5);
        var adapter = new Adapter("default", new LoraConfig { Rank = 4 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return model;
    }

    private static Tensor[] Gradients(LlamaForCausalLM model, Batch batch)
    {
        (model.SumLoss(batch.Split(1)[0]) / batch.LabelCount).backward();
        return [.. model.TrainableParameters.Select(parameter =>
        {
            Tensor gradient = parameter.Value.grad!.clone();
            parameter.Value.grad = null;
            return gradient;
        })];
    }

    // Logits of a second text, in a row behind a first one.
    private static Tensor Second(LlamaForCausalLM model, long[] first)
    {
        long[] text = [8, 3, 30, 31];
        Tensor logits = model.Logits(new ModelInput(tensor([.. first, .. text], [1, first.Length + text.Length]))
        {
            PositionIds = tensor(new long[] { 0, 1, 2, 0, 1, 2, 3 }, [1, 7]),
            SegmentIds = tensor(new long[] { 0, 0, 0, 1, 1, 1, 1 }, [1, 7]),
        });
        return logits.narrow(1, first.Length, text.Length);
    }
}
