using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Tests.Fixtures;
using static Peft.Declarative.Tests.Adapters.Sublayers.TrainedBottlenecks;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.AdapterFusion;

public sealed class AdapterFusionTests
{
    [Theory]
    [MemberData(nameof(Families))]
    public void Fuse_TwoBottlenecks_TrainsTheFusionOnly(string family)
    {
        using PretrainedModel model = WithTwo(family);
        using DisposeScope scope = NewDisposeScope();

        Adapter fusion = model.Adapters.Fuse("x", "y");
        TinyFamilies.Outputs(model).square().mean().backward();

        Assert.Equal(fusion.Tensors.Select(tensor => tensor.Value.Handle), model.Adapters.Trainable.Select(tensor => tensor.Value.Handle));
        Assert.All(fusion.Tensors, tensor => Assert.NotNull(tensor.Value.grad));
        Assert.All(model.Adapters["x"].Tensors, tensor => Assert.Null(tensor.Value.grad));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void SaveAndLoad_OnAFreshModel_GivesTheSameOutputs(string family)
    {
        string folder = Directory.CreateTempSubdirectory("peft-fusion-").FullName;
        try
        {
            using PretrainedModel model = WithTwo(family);
            using DisposeScope scope = NewDisposeScope();
            Adapter fusion = model.Adapters.Fuse("x", "y");
            Perturb(fusion);
            fusion.Save(Path.Combine(folder, "fusion"));
            model.Adapters["x"].Save(Path.Combine(folder, "x"));
            model.Adapters["y"].Save(Path.Combine(folder, "y"));

            using PretrainedModel fresh = TinyFamilies.Make(family);
            fresh.LoadAdapter(Path.Combine(folder, "x"), "first");
            fresh.LoadAdapter(Path.Combine(folder, "y"), "second");
            fresh.LoadAdapter(Path.Combine(folder, "fusion"), "both");

            Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "outputs");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Checkpointing_WithTemperature_GivesTheSameGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> plain = Gradients(checkpointing: false);
        foreach ((string key, Tensor gradient) in Gradients(checkpointing: true))
        {
            Close.To(plain[key], gradient, 1e-6, key);
        }
    }

    [Fact]
    public void Remove_PartOfAFusion_NamesTheFusion()
    {
        using PretrainedModel model = WithTwo("llama");
        model.Adapters.Fuse("x", "y");

        Assert.Contains("'x,y'", Assert.Throws<PeftException>(() => model.Adapters.Remove("x")).Message, StringComparison.Ordinal);

        model.Adapters.Remove("x,y");
        model.Adapters.Remove("x");
        Assert.Equal(["y"], model.Adapters.Select(adapter => adapter.Name));
    }

    [Fact]
    public void Fuse_WithAnAdapterOfAnotherMethod_SaysWhich()
    {
        using PretrainedModel model = WithTwo("llama");
        Add(model, new LoraConfig { Rank = 2 }, "low");

        PeftException error = Assert.Throws<PeftException>(() => model.Adapters.Fuse("x", "low"));

        Assert.Equal("PEFT103", error.Id);
        Assert.Contains("low is not there or of another method", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FusionWithoutItsAdapters_SaysWhichIsMissing()
    {
        string folder = Directory.CreateTempSubdirectory("peft-fusion-").FullName;
        try
        {
            using PretrainedModel model = WithTwo("llama");
            model.Adapters.Fuse("x", "y").Save(folder);
            using PretrainedModel fresh = TinyFamilies.Make("llama");

            Assert.Contains("'x'", Assert.Throws<PeftException>(() => fresh.LoadAdapter(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Regularization_AtTheStart_IsAlmostZero()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = WithTwo("llama");

        Tensor loss = FusionRegularization.Of(model.Adapters.Fuse("x", "y"));

        Assert.InRange(loss.item<float>(), 0, 1e-8);
        loss.backward();
    }

    public static TheoryData<string> Families => [.. TinyFamilies.Names];

    private static Dictionary<string, Tensor> Gradients(bool checkpointing)
    {
        using PretrainedModel model = WithTwo("llama");
        random.manual_seed(3);
        Adapter fusion = model.Adapters.Fuse(new AdapterFusionConfig { Adapters = ["x", "y"], Temperature = true });
        model.train();
        model.GradientCheckpointing = checkpointing;
        TinyFamilies.Outputs(model).square().mean().backward();
        return fusion.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
    }
}
