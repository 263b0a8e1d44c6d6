using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.MultitaskPromptTuning;

/// <summary>Prompts that start from an adapter of other tasks.</summary>
public sealed class SourceTasksTests
{
    private const int Tokens = 4;

    [Theory]
    [InlineData(MultitaskPromptInit.AverageSourceTasks, false)]
    [InlineData(MultitaskPromptInit.ExactSourceTask, false)]
    [InlineData(MultitaskPromptInit.ExactSourceTask, true)]
    [InlineData(MultitaskPromptInit.OnlySourceShared, false)]
    public void Prompt_FromSourceTasks_StartsAsItsInitSays(MultitaskPromptInit init, bool fromFile)
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> source = Save(folder.Path);
        using LlamaForCausalLM model = TinyModels.Llama();
        string path = fromFile ? folder["adapter_model.safetensors"] : folder.Path;

        Dictionary<string, Tensor> started = Tensors(Invariants.Attach(
            model, new MultitaskPromptTuningConfig { Tokens = Tokens, Tasks = 2, Ranks = 2, Init = init, InitAdapter = path, InitTask = init == MultitaskPromptInit.ExactSourceTask ? 1 : 0 }, "default"));

        Close.Bits(source["prompt_embeddings"], started["prompt_embeddings"], "shared prompt");
        foreach (string factor in new[] { "prefix_task_cols", "prefix_task_rows" })
        {
            Tensor expected = init == MultitaskPromptInit.AverageSourceTasks ? source[factor].mean([0], keepdim: true) : source[factor].narrow(0, 1, 1);
            double distance = (started[factor] - expected).abs().max().item<float>();
            Assert.True(init == MultitaskPromptInit.OnlySourceShared ? distance > 1e-3 : distance < 1e-7, $"{factor} is {distance} away");
        }
    }

    [Fact]
    public void Saved_AfterAStartFromSourceTasks_NeedsThemNoMore()
    {
        using var folder = new TemporaryFolder();
        Save(folder["source"]);
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(
            model, new MultitaskPromptTuningConfig { Tokens = Tokens, Ranks = 2, Init = MultitaskPromptInit.AverageSourceTasks, InitAdapter = folder["source"] }, "default")
            .Save(folder["target"]);

        string json = File.ReadAllText(Path.Combine(folder.Path, "target", "adapter_config.json"));

        Assert.Contains("\"prompt_tuning_init\": \"RANDOM\"", json, StringComparison.Ordinal);
        Assert.Contains("\"prompt_tuning_init_state_dict_path\": null", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_FromAnAdapterThatDoesNotFit_SaysWhy()
    {
        using var folder = new TemporaryFolder();
        Save(folder.Path);
        using LlamaForCausalLM model = TinyModels.Llama();

        Assert.Contains("its 'prompt_embeddings' is [4, ", Refusal(new MultitaskPromptTuningConfig { Tokens = 5, Ranks = 2 }, "PEFT702"), StringComparison.Ordinal);
        Assert.Contains("its 'prefix_task_cols' is [1, 4, 2], not [1, 4, 1]", Refusal(new MultitaskPromptTuningConfig { Tokens = Tokens }, "PEFT702"), StringComparison.Ordinal);
        Assert.Contains("InitTask is 3, but its tasks go from 0 to 2", Refusal(new MultitaskPromptTuningConfig { Tokens = Tokens, Ranks = 2, InitTask = 3 }, "PEFT702"), StringComparison.Ordinal);

        string Refusal(MultitaskPromptTuningConfig config, string id)
        {
            config = config with { Init = MultitaskPromptInit.ExactSourceTask, InitAdapter = folder.Path };
            PeftException error = Assert.Throws<PeftException>(() => Invariants.Attach(model, config, "default"));
            Assert.Equal(id, error.Id);
            return error.Message;
        }
    }

    [Fact]
    public void Prompt_FromSourceTasksWithoutAnAdapter_IsRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => Invariants.Attach(
            model, new MultitaskPromptTuningConfig { Tokens = 2, Init = MultitaskPromptInit.OnlySourceShared }, "default"));

        Assert.Equal("PEFT202", error.Id);
        Assert.Contains("InitAdapter is not set", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Save(string folder)
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        random.manual_seed(4);
        Adapter adapter = Invariants.Attach(model, new MultitaskPromptTuningConfig { Tokens = Tokens, Tasks = 3, Ranks = 2 }, "default");
        adapter.Save(folder);
        return Tensors(adapter);
    }

    private static Dictionary<string, Tensor> Tensors(Adapter adapter) => adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.detach().clone());
}
