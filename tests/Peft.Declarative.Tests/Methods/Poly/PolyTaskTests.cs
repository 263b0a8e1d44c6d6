using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Poly;

/// <summary>Rows of several tasks, beside rows of another adapter and of the base: each is as it is by itself.</summary>
public sealed class PolyTaskTests
{
    private static readonly string?[] Names = ["poly", "lora", "poly", null, "other", "poly"];
    private static readonly int?[] TaskIds = [2, null, 0, null, 1, 2];

    private static Tensor Ids => cat([.. Enumerable.Range(0, Names.Length).Select(row => (TinyModels.Ids().narrow(0, row % 2, 1) * (row + 3)).remainder(44) + 2)], 0);

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("bert")]
    [InlineData("t5")]
    [InlineData("llama in 4 bits")]
    public void Rows_OfTasksAndOthers_AreThoseOfEachAlone(string family)
    {
        using PretrainedModel model = Mixed(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = Ids;
        model.Adapters.Activate("poly", "lora", "other");

        Tensor together = Logits(model, ids, Names, TaskIds);
        together.square().sum().backward();
        Dictionary<string, Tensor> gradients = TakeGradients(model);

        for (int row = 0; row < Names.Length; row++)
        {
            model.Adapters.Activate(Names[row] is { } name ? [name] : []);
            Tensor alone = Logits(model, ids.narrow(0, row, 1), null, [TaskIds[row]]);
            Close.UpToRounding(alone.detach(), together.narrow(0, row, 1), $"row {row}", 2e-6);
            if (Names[row] is not null)
            {
                alone.square().sum().backward();
            }
        }

        foreach ((string key, Tensor expected) in TakeGradients(model))
        {
            Close.UpToRounding(expected, gradients[key], key, 5e-6);
        }

        Assert.False(Logits(model, ids.narrow(0, 0, 1), ["poly"], [0]).allclose(Logits(model, ids.narrow(0, 0, 1), ["poly"], [2])));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("t5")]
    public void Generation_OfTasksAndOthers_IsThatOfEachRowAlone(string family)
    {
        using PretrainedModel model = Mixed(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = Ids;
        TextGenerator generator = model is CausalLanguageModel decoder ? new TextGenerator(decoder) : new TextGenerator((EncoderDecoderModel)model);
        foreach (var options in new GenerationOptions[] { new() { MaxNewTokens = 6, EosTokenIds = [] }, new() { MaxNewTokens = 6, EosTokenIds = [], NumBeams = 3 } })
        {
            Tensor together = generator.Generate(ids, null, options, Names, TaskIds);

            for (int row = 0; row < Names.Length; row++)
            {
                model.Adapters.Activate(Names[row] is { } name ? [name] : []);
                Close.Bits(generator.Generate(ids.narrow(0, row, 1), null, options, taskIds: [TaskIds[row]]).squeeze(0), together[row], $"row {row}");
            }

            Tensor others = generator.Generate(ids, null, options, Names, [.. TaskIds.Select(task => task is null ? task : 1 - task % 2)]);
            Assert.False(together.equal(others).all().item<bool>(), "tasks do not differ");
        }
    }

    // A block that runs again in the backward pass draws the same skills of the same tasks.
    [Fact]
    public void Checkpointing_OfTasksInTraining_GivesTheSameGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Mixed("llama");
        model.Adapters.Activate("poly", "lora", "other");
        model.train();
        Tensor ids = Ids;
        Dictionary<string, Tensor>[] gradients = [.. new[] { Checkpointing.None, Checkpointing.Selective, Checkpointing.Full }.Select(level =>
        {
            model.Checkpointing = level;
            random.manual_seed(3);
            model.SumLoss(new MicroBatch(ids, ids) { Adapters = Names, TaskIds = TaskIds }).backward();
            return TakeGradients(model);
        })];

        Assert.All(gradients[1..], others => Assert.All(others, entry => Close.UpToRounding(gradients[0][entry.Key], entry.Value, entry.Key, 2e-6)));
        Assert.NotEqual(0, gradients[0]["poly/base_model.model.model.layers.0.self_attn.q_proj.poly_router.module_logits"][2].abs().sum().item<float>());
    }

    // Tasks that no row names learn nothing.
    [Fact]
    public void Loss_OfSomeTasks_LeavesTheOthersAlone()
    {
        using PretrainedModel model = Mixed("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Activate("poly");

        model.SumLoss(new MicroBatch(Ids, Ids) { TaskIds = [2, 2, 0, 0, 2, 0] }).backward();

        Assert.All(model.Adapters["poly"].Tensors.Where(tensor => tensor.Key.EndsWith("module_logits", StringComparison.Ordinal)), tensor =>
        {
            bool[] learnt = [.. Enumerable.Range(0, 3).Select(task => tensor.Value.grad![task].abs().sum().item<float>() > 0)];
            Assert.Equal([true, false, true], learnt);
        });
    }

    [Fact]
    public void Rows_WithoutATask_AreRefused()
    {
        using PretrainedModel model = Mixed("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Activate("poly");

        PeftException error = Assert.Throws<PeftException>(() => TinyFamilies.Outputs(model));

        Assert.Equal("PEFT514", error.Id);
        Assert.Contains("adapter 'poly' has 3 tasks", error.Message, StringComparison.Ordinal);
    }

    private static PretrainedModel Mixed(string family)
    {
        PretrainedModel model = TinyFamilies.Make(family);
        random.manual_seed(11);
        Invariants.Perturb(Invariants.Attach(model, new PolyConfig { Rank = 3, Tasks = 3, Skills = 2, Splits = 2 }, "poly"));
        Invariants.Perturb(Invariants.Attach(model, new PolyConfig { Rank = 3, Tasks = 2, Skills = 2, Splits = 2 }, "other"));
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 3, Alpha = 6 }, "lora"));

        // The weights of tasks start so near to each other that they would be mistaken for one another.
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in model.Adapters.SelectMany(adapter => adapter.Tensors).Where(tensor => tensor.Key.Contains(".poly_", StringComparison.Ordinal)))
        {
            tensor.Value.mul_(tensor.Key.EndsWith("module_logits", StringComparison.Ordinal) ? 40 : 4);
        }

        return model;
    }

    private static Tensor Logits(PretrainedModel model, Tensor ids, IReadOnlyList<string?>? adapters, IReadOnlyList<int?> tasks) => model switch
    {
        CausalLanguageModel decoder => decoder.Logits(new ModelInput(ids) { Adapters = adapters, TaskIds = tasks }),
        SequenceClassifier classifier => classifier.Logits(ids, adapters: adapters, taskIds: tasks),
        _ => ((EncoderDecoderModel)model).Logits(ids, model.DecoderIds(ids.flip(1))!, adapters: adapters, taskIds: tasks),
    };

    private static Dictionary<string, Tensor> TakeGradients(PretrainedModel model)
    {
        Dictionary<string, Tensor> gradients = [];
        foreach (Adapter adapter in model.Adapters)
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                gradients[$"{adapter.Name}/{tensor.Key}"] = tensor.Value.grad?.clone() ?? zeros_like(tensor.Value);
                tensor.Value.grad = null;
            }
        }

        return gradients;
    }
}
