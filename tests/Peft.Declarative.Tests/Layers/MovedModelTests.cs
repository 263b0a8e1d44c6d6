using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>TorchSharp's ways to move a module, on models with adapters. Element types stand for devices, of which a test machine has one.</summary>
public sealed class MovedModelTests
{
    public static TheoryData<string, string> Rows => Invariants.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public void To_Float64AndBack_KeepsOutputsAndEveryHandle(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Adapter adapter = Invariants.Attach(model, method);
        Invariants.Perturb(adapter);
        Tensor before = TinyFamilies.Outputs(model);
        Parameter[] trained = [.. adapter.Tensors.Select(tensor => tensor.Value)];

        model.to(ScalarType.Float64);
        Tensor wide = TinyFamilies.Outputs(model);
        model.to(ScalarType.Float32);

        Assert.Equal(ScalarType.Float64, wide.dtype);
        Close.To(before, wide.to(ScalarType.Float32), 2e-3, "logits in float64");
        Close.To(before, TinyFamilies.Outputs(model), 1e-5, "logits after the way back");
        Assert.All(adapter.Tensors.Select(tensor => tensor.Value).Zip(trained), pair => Assert.Same(pair.Second, pair.First));
        Assert.All(trained, parameter => Assert.False(parameter.IsInvalid));
        TinyFamilies.Outputs(model).square().mean().backward();
        Assert.Contains(trained, parameter => parameter.grad is not null);
    }

    [Fact]
    public void To_BFloat16WhileMerged_MergesAndUnmergesAsBefore()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        using DisposeScope scope = NewDisposeScope();
        model.Merge();
        Tensor merged = TinyFamilies.Outputs(model);

        model.to(ScalarType.BFloat16);
        Tensor narrow = TinyFamilies.Outputs(model);
        model.Unmerge();
        Tensor unmerged = TinyFamilies.Outputs(model);

        Close.To(merged, narrow.to(ScalarType.Float32), 0.2, "merged in bfloat16");
        Close.To(merged, unmerged.to(ScalarType.Float32), 0.2, "unmerged in bfloat16");
    }

    [Fact]
    public void To_OnATiedModel_MovesTheOneWeight()
    {
        using Gpt2ForCausalLM model = TinyModels.Gpt2();
        using DisposeScope scope = NewDisposeScope();
        model.eval();
        Tensor before = TinyFamilies.Outputs(model);

        model.@double();

        Close.To(before, TinyFamilies.Outputs(model).to(ScalarType.Float32), 1e-3, "logits");
        Assert.Equal(ScalarType.Float64, ((WeightLayer)model.lm_head).weight.dtype);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("half")]
    [InlineData("float")]
    [InlineData("device and type")]
    public void EveryWay_WithAdapters_StillComputes(string way)
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a", "b");
        using DisposeScope scope = NewDisposeScope();
        Tensor before = TinyFamilies.Outputs(model);

        _ = way switch
        {
            "cpu" => model.cpu(),
            "half" => model.half(),
            "float" => model.@float(),
            _ => model.to(CPU, ScalarType.Float64),
        };

        Close.To(before, TinyFamilies.Outputs(model).to(ScalarType.Float32), way == "half" ? 0.05 : 2e-3, "logits");
        model.Adapters.Activate("a");
        TinyFamilies.Outputs(model).sum().backward();
    }

    [Fact]
    public void To_AnIntegerType_SaysWhichAreRight()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => model.to(ScalarType.Int64));

        Assert.Equal("PEFT514", error.Id);
        Assert.Contains("bfloat16", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("none")]
    public void State_SavedAndLoadedIntoAnother_GivesTheSame(string method)
    {
        using LlamaForCausalLM one = TinyModels.Llama(seed: 1);
        using LlamaForCausalLM other = TinyModels.Llama(seed: 2);
        using DisposeScope scope = NewDisposeScope();
        foreach (LlamaForCausalLM model in new[] { one, other })
        {
            model.eval();
            if (method != "none")
            {
                Personas.Attach(model, "a");
            }
        }

        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            one.save(writer);
        }

        stream.Position = 0;
        other.load(new BinaryReader(stream));

        Close.Bits(TinyFamilies.Outputs(one), TinyFamilies.Outputs(other), "after load");
        using LlamaForCausalLM third = TinyModels.Llama(seed: 3);
        third.eval();
        third.load_state_dict(one.state_dict().Where(entry => third.state_dict().ContainsKey(entry.Key)).ToDictionary());
    }

    [Fact]
    public void LoadStateDict_OfAnotherSize_NamesTheTensors()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        using LlamaForCausalLM other = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { VocabularySize = 50 });

        PeftException error = Assert.Throws<PeftException>(() => model.load_state_dict(other.state_dict()));

        Assert.Equal("PEFT512", error.Id);
        Assert.Contains("model.embed_tokens.weight", error.Message, StringComparison.Ordinal);
    }
}
