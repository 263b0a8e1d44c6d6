using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>The loss in pieces where the head is trained as well: the gradients are those of all logits, which are not in memory at once.</summary>
public sealed class TrainedHeadLossTests
{
    private const int Vocabulary = 140_000;   // pieces of 64 rows

    // A gradient of A is a sum over the vocabulary that mostly cancels; its partial sums, whose order depends on the processor, are larger by this.
    private const double Terms = 5;

    [Theory]
    [InlineData("adapted")]
    [InlineData("adapted on the embedding too")]
    [InlineData("magnitudes")]
    [InlineData("copied")]
    [InlineData("tied and trained")]
    public void SumLoss_OfSeveralPieces_EqualsTheLossOfAllLogits(string head)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = Model(head);
        Tensor ids = randint(0, Vocabulary, [2, 50], dtype: ScalarType.Int64);
        ids[0, 7] = 5;

        Tensor expected = Losses.NextTokenSum(model.Logits(new ModelInput(ids)), ids);
        Dictionary<string, Tensor> wanted = Gradients(model, expected);
        Tensor actual = model.SumLoss(new MicroBatch(ids, ids));
        Dictionary<string, Tensor> found = Gradients(model, actual);

        Assert.Contains(wanted.Keys, name => name.Contains(head.StartsWith("tied", StringComparison.Ordinal) ? "embed_tokens" : "lm_head", StringComparison.Ordinal));
        Close.UpToRounding(expected, actual, "loss");
        Assert.Equal(wanted.Keys, found.Keys);
        foreach ((string name, Tensor gradient) in wanted)
        {
            Close.UpToRounding(gradient, found[name], name, terms: Terms);
        }
    }

    [Fact]
    public void SumLoss_BesideEarlierGradients_AddsToThem()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = Model("adapted");
        var micro = new MicroBatch(TinyModels.Ids(), TinyModels.Ids());
        model.SumLoss(micro).backward();
        Dictionary<string, Tensor> once = model.TrainableParameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.grad!.clone());
        Tensor place = model.TrainableParameters[^1].Value.grad!;

        Tensor sum = model.SumLoss(micro);
        Close.Bits(once[model.TrainableParameters[^1].Name], place, "before the backward pass");
        sum.backward();

        Close.Bits(place, model.TrainableParameters[^1].Value.grad!, "the tensor that had them");
        Assert.All(model.TrainableParameters, parameter => Close.UpToRounding(once[parameter.Name] * 2, parameter.Value.grad!, parameter.Name));
    }

    [Fact]
    public void SumLoss_WithoutLabels_IsZeroAndHasGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = Model("adapted");
        Tensor ids = TinyModels.Ids();
        var micro = new MicroBatch(ids, full_like(ids, Losses.Ignored)) { LabelIndices = zeros(0, dtype: ScalarType.Int64) };

        Tensor sum = model.SumLoss(micro);
        sum.backward();

        Assert.Equal(0, sum.item<float>());
        Assert.All(model.TrainableParameters, parameter => Assert.Equal(0, parameter.Value.grad!.abs().max().item<float>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sum_OfAHeadThatTrainsWhatIsInNoList_HasTheGradientsOfAutograd(bool beneathToo)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3).Dispose();
        var own = new Parameter(randn(7, 4));
        Tensor hidden = randn(90, 4).requires_grad_(beneathToo);
        Tensor targets = randint(7, [90], dtype: ScalarType.Int64);
        (nn.functional.cross_entropy(Head(hidden), targets, reduction: nn.Reduction.Sum) / 9).backward();
        (Tensor Head, Tensor? Beneath) wanted = (own.grad!.clone(), hidden.grad?.clone());
        (own.grad, hidden.grad) = (null, null);

        Tensor sum = ChunkedCrossEntropy.Sum(hidden, targets, Head, []);
        Assert.Equal(0, own.grad?.abs().max().item<float>() ?? 0);   // not before the backward pass
        (sum / 9).backward();

        Close.UpToRounding(wanted.Head, own.grad!, "head");
        Assert.Equal(beneathToo, hidden.grad is not null);
        if (beneathToo)
        {
            Close.UpToRounding(wanted.Beneath!, hidden.grad!, "hidden");
        }

        Tensor Head(Tensor x) => nn.functional.linear(x, own);
    }

    [Fact]
    public void Sum_OfAHeadThatTrainsAlsoWhatIsInNoList_HasTheGradientsOfAutograd()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3).Dispose();
        Parameter[] trained = [new(randn(7, 4)), new(randn(7, 4))];
        Tensor hidden = randn(90, 4);
        Tensor targets = randint(7, [90], dtype: ScalarType.Int64);
        (nn.functional.cross_entropy(Head(hidden), targets, reduction: nn.Reduction.Sum) / 9).backward();
        Tensor[] wanted = Array.ConvertAll(trained, parameter => parameter.grad!.clone());
        Array.ForEach(trained, parameter => parameter.grad = null);

        (ChunkedCrossEntropy.Sum(hidden, targets, Head, [trained[0]]) / 9).backward();

        Assert.All(trained, parameter => Assert.True(parameter.requires_grad));
        Close.UpToRounding(wanted[0], trained[0].grad!, "in the list");
        Close.UpToRounding(wanted[1], trained[1].grad!, "in none");

        Tensor Head(Tensor x) => nn.functional.linear(x, trained[0]) + nn.functional.linear(x, trained[1]).tanh();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sum_OverManyPieces_HasTheLogitsOfOne(bool trains)
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        const int Classes = 100_000;   // pieces of 64 to 83 rows, 25 MB or more
        using DisposeScope scope = NewDisposeScope();
        var weight = new Parameter(randn(Classes, 4));
        Tensor hidden = randn(400, 4).requires_grad_(true);
        Tensor targets = randint(Classes, [400], dtype: ScalarType.Int64);
        List<long> bytes = [];
        using IDisposable watching = TensorBytes.Watch();
        using IDisposable? untracked = trains ? null : no_grad();

        ChunkedCrossEntropy.Sum(hidden, targets, Head, [weight]);

        // The first call has no rows, and the second piece is the first with something of another behind it.
        Assert.InRange(bytes.Count, 6, 12);
        Assert.InRange(bytes[2..].Max() - bytes[1], 0, 10 << 20);

        Tensor Head(Tensor x)
        {
            bytes.Add(TensorBytes.InUse);
            return nn.functional.linear(x, weight);
        }
    }

    private static LlamaForCausalLM Model(string head)
    {
        bool tied = head == "tied and trained";
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { VocabularySize = Vocabulary, TiesHead = tied }, seed: 1);
        var adapter = new Adapter("default", head switch
        {
            "adapted" => new LoraConfig { Rank = 2, Targets = ["q_proj", "lm_head"] },
            "adapted on the embedding too" => new LoraConfig { Rank = 2, Targets = ["embed_tokens", "lm_head"] },
            "magnitudes" => new DoraConfig { Rank = 2, Targets = ["q_proj", "lm_head"] },
            "copied" => new LoraConfig { Rank = 2, Targets = ["q_proj"], ModulesToSave = ["lm_head"] },
            _ => new FullFineTuningConfig(),
        });
        model.Adapters.Attach(adapter);
        random.manual_seed(3).Dispose();
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        model.train();
        return model;
    }

    private static Dictionary<string, Tensor> Gradients(PretrainedModel model, Tensor loss)
    {
        (loss / 7).backward();
        Dictionary<string, Tensor> gradients = model.TrainableParameters.Where(parameter => parameter.Value.grad is not null)
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.grad!.clone());
        foreach ((_, Parameter value) in model.TrainableParameters)
        {
            value.grad = null;
        }

        return gradients;
    }
}
