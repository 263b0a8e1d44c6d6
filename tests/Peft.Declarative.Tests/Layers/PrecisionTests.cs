using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Training;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class PrecisionTests
{
    [Fact]
    public void Use_BFloat16OnCpu_HalvesTheStoreAndComputesInFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Tensor before = model.forward(TinyModels.Ids());

        model.Use(Precision.BFloat16);
        Tensor after = model.forward(TinyModels.Ids());

        Assert.Equal(ScalarType.Float32, after.dtype);
        Assert.All(SlotTree.Layers(model).Where(place => place.Base!.Kind == LayerKind.Linear),
            place => Assert.Equal(ScalarType.BFloat16, place.Base!.weight.dtype));
        Close.To(before, after, 0.1 * before.abs().max().item<float>(), "logits");
    }

    [SkippableFact]
    public void Train_InBFloat16_FollowsTheLossesOfFloat32()
    {
        string? folder = TestData.Folder("PEFT_MODELS", "models") is { } models ? Path.Combine(models, "tinystories-260k") : null;
        Skip.IfNot(Directory.Exists(folder), "The model 'tinystories-260k' is not on this machine; PEFT_MODELS names its parent folder.");

        double[] expected = StoryLosses(folder!, Precision.Float32);
        BFloat16Speed.IsAssumed = true;   // products in bfloat16, also on processors that are slow at them
        double[] losses;
        try
        {
            losses = StoryLosses(folder!, Precision.BFloat16);
            AssertProductsAreRounded(folder!);
        }
        finally
        {
            BFloat16Speed.IsAssumed = null;
        }

        Assert.Equal(150, losses.Length);
        Assert.True(losses[^1] < losses[0] - 0.5, $"The loss went from {losses[0]} to {losses[^1]} only.");
        Assert.All(expected.Zip(losses), pair => Assert.InRange(pair.Second, pair.First - 1e-2, pair.First + 1e-2));
    }

    [Fact]
    public void Use_Float32AfterBFloat16_ComputesInFloat32Again()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        model.Use(Precision.BFloat16);
        Assert.All(SlotTree.Layers(model), place => Assert.True(place.Base!.MultipliesInBFloat16));
        model.Use(Precision.Float32);
        Assert.All(SlotTree.Layers(model), place => Assert.False(place.Base!.MultipliesInBFloat16));
    }

    [Fact]
    public void Use_WhileMerged_IsRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        model.Merge();

        Assert.Equal("PEFT306", Assert.Throws<PeftException>(() => model.Use(Precision.BFloat16)).Id);
    }

    // The weights are in bfloat16 either way.
    private static void AssertProductsAreRounded(string folder)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(folder);
        model.Use(Precision.BFloat16);
        Tensor ids = tensor(Enumerable.Range(3, 40).Select(id => (long)id).ToArray()).unsqueeze(0);
        float Loss() => model.SumLoss(new MicroBatch(ids, ids)).item<float>();
        float narrow = Loss();
        BFloat16Speed.IsAssumed = false;

        Assert.NotEqual(Loss(), narrow);
    }

    private static double[] StoryLosses(string folder, Precision precision)
    {
        string[] stories =
        [
            "Once upon a time there was a small boat. It wanted to see the sea, but the wind was too strong for it.",
            "Tom had a red kite. One day the kite flew into a tall tree, and Tom asked a bird to bring it back.",
            "Lily and her dog went to the park. They found a shiny stone and gave it to an old man who was sad.",
            "The sun was hot, so the little bear sat under a tree. He shared his water with a tired rabbit.",
        ];
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(folder);
        model.Use(precision);
        ITokenizer tokenizer = Tokenizer.Load(folder);
        random.manual_seed(7);
        var adapter = new Adapter("default", new LoraConfig { Rank = 8, Targets = [LayerAdapterAttribute.AllLinear] });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);

        List<double> losses = [];
        var plan = new TrainingPlan { LearningRate = 2e-3, BatchSize = 2, Epochs = 75, ReportEvery = 1, Schedule = Schedule.Constant };
        TrainingData data = TrainingData.FromRows(stories.Select(story => TrainingRow.OfText([.. tokenizer.Encode(story)])));
        TrainingLoop.Train(model, plan, data, new Losses(losses));
        return [.. losses];
    }

    private sealed class Losses(List<double> all) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => all.Add(value.Loss);
    }
}
