using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What leaves a model, and what is not let onto one, leaves nothing behind: no part, no stand-in, no tensor.</summary>
public sealed class RefusalInvariants
{
    public static TheoryData<string, string> Rows => Invariants.Rows;

    public static TheoryData<string> Methods { get; } = [.. MethodSamples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Remove_OfAnyMethod_FreesItsTensors(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        Invariants.AttachMembers(model, method);
        Invariants.Attach(model, method);   // once before, because a quantized base keeps the buffer that it dequantizes into
        model.Adapters.Remove("default");
        long before = LiveTensors.OfThisThread;

        Invariants.Attach(model, method);
        Assert.True(LiveTensors.OfThisThread > before);
        model.Adapters.Remove("default");

        Assert.Equal(before, LiveTensors.OfThisThread);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Load_OfAnAdapterThatLacksATensor_LeavesTheBaseAlone(string family, string method)
    {
        using var folder = new TemporaryFolder();
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Invariants.AttachMembers(model, method);
        Tensor expected = TinyFamilies.Outputs(model);
        Invariants.Attach(model, method).Save(folder.Path);
        model.Adapters.Remove("default");
        RenameATensor(folder.Path);
        long before = LiveTensors.OfThisThread;

        Assert.Throws<PeftException>(() => model.LoadAdapter(folder.Path));

        Assert.Equal(before, LiveTensors.OfThisThread);
        Assert.Equal(Invariants.Members(method), model.Adapters.Select(adapter => adapter.Name));
        Close.Bits(expected, TinyFamilies.Outputs(model), "logits");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Attach_OverFourBits_IsWholeOrLeavesTheBaseAlone(string method)
    {
        using PretrainedModel model = TinyFamilies.Make("llama in 4 bits");
        using DisposeScope scope = NewDisposeScope();
        Invariants.AttachMembers(model, method);
        Tensor expected = TinyFamilies.Outputs(model);
        long before = LiveTensors.OfThisThread;
        try
        {
            Invariants.Attach(model, method);
            model.Adapters.Remove("default");
        }
        catch (PeftException)
        {
            Assert.DoesNotContain(MethodSamples.All, sample => sample.Name == method && sample.Families.Contains("llama in 4 bits"));
        }

        Assert.Equal(before, LiveTensors.OfThisThread);
        Assert.DoesNotContain(model.modules(), module => module is AdapterLayer);
        Close.Bits(expected, TinyFamilies.Outputs(model), "logits");
        Assert.NotEmpty(Invariants.Attach(model, "lora").Tensors);
    }

    [Theory]
    [InlineData("full fine-tuning")]
    [InlineData("sparse mask by magnitude")]
    public void Attach_RefusedAfterSomeLayers_LeavesTheBaseAlone(string method)
    {
        using PretrainedModel model = TinyFamilies.Make("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Quantize(new QuantizationSettings { Exclude = ["q_proj"] });   // the first that the method comes to, and can train
        Tensor expected = TinyFamilies.Outputs(model);
        long before = LiveTensors.OfThisThread;

        Assert.Equal("PEFT303", Assert.Throws<PeftException>(() => Invariants.Attach(model, method)).Id);

        Assert.Equal(before, LiveTensors.OfThisThread);
        Assert.DoesNotContain(model.modules(), module => module is AdapterLayer);
        Close.Bits(expected, TinyFamilies.Outputs(model), "logits");
        Assert.NotEmpty(Invariants.Attach(model, "lora").Tensors);
    }

    [Fact]
    public void Attach_UnderATakenName_IsRefusedAndTheFirstStays()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");
        using DisposeScope scope = NewDisposeScope();
        Adapter first = Invariants.Attach(model, "lora");
        Tensor expected = TinyFamilies.Outputs(model);

        PeftException error = Assert.Throws<PeftException>(() => AdapterWiring.Attach(model, new Adapter("default", new BitFitConfig())));

        Assert.Equal("PEFT304", error.Id);
        Assert.Same(first, Assert.Single(model.Adapters));
        Close.Bits(expected, TinyFamilies.Outputs(model), "logits");
    }

    private static void RenameATensor(string folder)
    {
        using AdapterFiles files = AdapterDirectory.Read(folder);
        string last = files.Tensors.Keys.Order(StringComparer.Ordinal).Last();
        AdapterDirectory.Write(
            folder, files.Config, files.Tensors.ToDictionary(tensor => tensor.Key == last ? "elsewhere" : tensor.Key, tensor => tensor.Value), files.Training);
    }
}
