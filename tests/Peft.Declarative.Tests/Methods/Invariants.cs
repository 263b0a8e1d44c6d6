using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family, written once. A row is a method's config on a family.</summary>
public sealed class Invariants
{
    private static readonly Dictionary<string, AdapterConfig> Configs = new()
    {
        ["lora"] = new LoraConfig { Rank = 4, Alpha = 8 },
        ["lora all-linear with bias"] = new LoraConfig { Rank = 2, Targets = [LayerAdapterAttribute.AllLinear], Bias = BiasTraining.All },
        ["lora on the embedding"] = new LoraConfig { Rank = 4, TargetPattern = @".*\.(embed_tokens|wte|q_proj|c_attn)" },
        ["lora with the head"] = new LoraConfig { Rank = 4, ModulesToSave = ["lm_head"] },
        ["lora with the embedding"] = new LoraConfig { Rank = 4, ModulesToSave = [Embedding] },
        ["lora with tokens"] = new LoraConfig
        {
            Rank = 4,
            TrainableTokens = new Dictionary<string, IReadOnlyList<int>> { [""] = [3, 7] },
        },
        ["dora"] = new DoraConfig { Rank = 4, Alpha = 8 },
        ["dora on the embedding"] = new DoraConfig { Rank = 4, TargetPattern = @".*\.(embed_tokens|wte|q_proj|c_attn)" },
        ["ia3"] = new Ia3Config(),
        ["layer-norm tuning"] = new LayerNormTuningConfig(),
        ["vera"] = new VeraConfig { Rank = 6 },
        ["prompt tuning"] = new PromptTuningConfig { Tokens = 3 },
    };

    // Stands for the input embedding, which has another name in each family.
    private const string Embedding = "the embedding";

    public static TheoryData<string, string> Rows { get; } = Table();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attach_BeforeFirstStep_LeavesOutputsUnchanged(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = Text(model);
        Attach(model, method);

        if (Configs[method] is PromptTuningConfig)
        {
            Assert.False(before.allclose(Text(model)));   // a drawn prompt changes the output at once, as the method has it
            return;
        }

        // A tied head computes the logits of trained tokens apart from the others, and so rounds them apart.
        Close.To(before, Text(model), family == "gpt2" && method == "lora with tokens" ? 1e-5 : 0, "logits");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_OnAnyMethod_ChangesAllOfTheAdapterAndNoneOfTheBase(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> before = Base(model);
        Adapter adapter = Attach(model, method);
        Perturb(adapter);

        Text(model).square().mean().backward();

        Assert.All(adapter.Tensors, tensor => Assert.True(tensor.Value.grad is { } grad && grad.abs().sum().item<float>() > 0, tensor.Key));
        Step(adapter);
        using (model.Adapters.Disabled())
        {
            foreach ((string name, Tensor value) in Base(model))
            {
                Close.Bits(before[name], value, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Disabled_AfterTraining_GivesTheBase(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = Text(model);
        Perturb(Attach(model, method));
        Tensor adapted = Text(model);

        Assert.False(before.allclose(adapted));
        using (model.Adapters.Disabled())
        {
            Close.Bits(before, Text(model), "logits while disabled");
        }

        Close.Bits(adapted, Text(model), "logits after");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Merge_OfTrainedAdapter_KeepsOutputsAndComesOutAgain(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> before = Base(model);
        Adapter adapter = Attach(model, method);
        Perturb(adapter);
        Tensor adapted = Text(model);
        if (Configs[method] is PromptTuningConfig)
        {
            Assert.Equal("PEFT306", Assert.Throws<PeftException>(model.Merge).Id);
            return;
        }

        model.Merge();
        Assert.True(adapter.IsMerged);

        // A tied head sees a merged embedding but not an adapted one, in the reference library too.
        if (!(family == "gpt2" && method.EndsWith("on the embedding", StringComparison.Ordinal)))
        {
            Close.To(adapted, Text(model), 2e-4, "logits while merged");
        }

        model.Unmerge();
        Close.Bits(adapted, Text(model), "logits after unmerging");
        using (model.Adapters.Disabled())
        {
            foreach ((string name, Tensor value) in Base(model))
            {
                Close.Bits(before[name], value, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void SaveAndLoad_OnAFreshModel_GivesTheSameOutputs(string family, string method)
    {
        string folder = Directory.CreateTempSubdirectory("peft-invariants-").FullName;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using CausalLanguageModel model = Model(family);
            Perturb(Attach(model, method));
            model.SaveAdapter(folder);

            using CausalLanguageModel fresh = Model(family);
            fresh.LoadAdapter(folder, "other");

            Close.Bits(Text(model), Text(fresh), "logits");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Activate_OneOfTwoAdapters_DoesNotMixThem(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Perturb(Attach(model, method, "elon"));
        Tensor elon = Text(model);
        Perturb(Attach(model, method, "ada"));

        model.Adapters["ada"].Activate();
        Tensor ada = Text(model);
        model.Adapters["elon"].Activate();

        Assert.False(elon.allclose(ada));
        Close.Bits(elon, Text(model), "logits of the first adapter");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Remove_FirstOfTwoAdapters_LeavesTheSecond(string family, string method)
    {
        using CausalLanguageModel model = Model(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = Text(model);
        Perturb(Attach(model, method, "elon"));
        Perturb(Attach(model, method, "ada"));
        model.Adapters["ada"].Activate();
        Tensor ada = Text(model);

        model.Adapters.Remove("elon");
        Close.Bits(ada, Text(model), "logits of the second adapter");

        model.Adapters.Remove("ada");
        Close.Bits(before, Text(model), "logits without adapters");
        Assert.Empty(model.Adapters);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Checkpointing_WithDropout_GivesTheSameGradients(string family, string method)
    {
        AdapterConfig config = Configs[method] is LoraConfig lora ? lora with { Dropout = 0.3 } : Configs[method];
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> plain = Gradients(family, config, checkpointing: false);
        foreach ((string key, Tensor gradient) in Gradients(family, config, checkpointing: true))
        {
            Close.To(plain[key], gradient, 1e-5, key);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attach_WithTheSameSeed_StartsTheSame(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel first = Model(family);
        using CausalLanguageModel second = Model(family);
        random.manual_seed(7);
        Adapter one = Attach(first, method);
        random.manual_seed(7);
        Adapter two = Attach(second, method);

        foreach ((AdapterTensor a, AdapterTensor b) in one.Tensors.Zip(two.Tensors))
        {
            Close.Bits(a.Value, b.Value, a.Key);
        }
    }

    private static TheoryData<string, string> Table()
    {
        var rows = new TheoryData<string, string>();
        foreach (string family in (string[])["llama", "gpt2"])
        {
            foreach (string method in Configs.Keys)
            {
                rows.Add(family, method);
            }
        }

        return rows;
    }

    private static CausalLanguageModel Model(string family)
    {
        CausalLanguageModel model = family == "llama" ? TinyModels.Llama() : TinyModels.Gpt2();
        model.eval();
        return model;
    }

    private static Adapter Attach(CausalLanguageModel model, string method, string name = "default") => Attach(model, Configs[method], name);

    private static Adapter Attach(CausalLanguageModel model, AdapterConfig config, string name)
    {
        if (config is LoraConfig { ModulesToSave: [Embedding] } lora)
        {
            config = lora with { ModulesToSave = [model is Gpt2ForCausalLM ? "wte" : "embed_tokens"] };
        }

        var adapter = new Adapter(name, config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }

    /// <summary>Logits of the text alone.</summary>
    private static Tensor Text(CausalLanguageModel model)
    {
        Tensor ids = TinyModels.Ids();
        Tensor logits = model.forward(ids);
        return logits.narrow(1, logits.size(1) - ids.size(1), ids.size(1));
    }

    // Away from the start, where half of the tensors are zero and so half of the gradients.
    private static void Perturb(Adapter adapter)
    {
        using IDisposable untracked = no_grad();
        random.manual_seed(adapter.Name.Length);
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.05));
        }
    }

    private static void Step(Adapter adapter)
    {
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.sub_(tensor.Value.grad!);
        }
    }

    private static Dictionary<string, Tensor> Base(CausalLanguageModel model) => SlotTree.Layers(model)
        .SelectMany(place => new (string Name, Parameter? Value)[] { ($"{place.Path}.weight", place.Base!.weight), ($"{place.Path}.bias", place.Base.BaseBias) })
        .Where(entry => entry.Value is not null)
        .ToDictionary(entry => entry.Name, entry => entry.Value!.detach().clone());

    private static Dictionary<string, Tensor> Gradients(string family, AdapterConfig config, bool checkpointing)
    {
        using CausalLanguageModel model = Model(family);
        random.manual_seed(3);
        Adapter adapter = Attach(model, config, "default");
        Perturb(adapter);
        model.train();
        model.GradientCheckpointing = checkpointing;
        random.manual_seed(5);
        Text(model).square().mean().backward();
        return adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
    }
}
