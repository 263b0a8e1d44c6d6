using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Calls that cannot be answered: each is refused in words, and changes nothing.</summary>
public sealed class MisuseTests : IDisposable
{
    private readonly LlamaForCausalLM _model = Personas.On(TinyModels.Llama(), "b", "a");

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Save_ToAnEmptyPath_IsRefused()
    {
        Assert.Equal("PEFT502", Assert.Throws<PeftException>(() => _model.SaveAdapter("")).Id);
        Assert.Equal("PEFT502", Assert.Throws<PeftException>(() => _model.SaveModel("")).Id);
    }

    [Fact]
    public void LoadAdapter_UnderAnEmptyName_IsRefused() => Assert.Equal("PEFT304", Assert.Throws<PeftException>(() => _model.LoadAdapter("nowhere", "")).Id);

    [SkippableFact]
    public void To_ADeviceThatIsNotThere_IsRefusedAndMovesNothing()
    {
        Skip.If(cuda.is_available(), "There is one.");

        Assert.Equal("PEFT903", Assert.Throws<PeftException>(() => _model.to(new Device(DeviceType.CUDA, 3))).Id);
        Assert.Equal(DeviceType.CPU, _model.Device.type);
    }

    [Fact]
    public void Remove_WhileTheAdaptersAreEnumerated_RemovesEach()
    {
        foreach (Adapter adapter in _model.Adapters)
        {
            _model.Adapters.Remove(adapter.Name);
        }

        Assert.Empty(_model.Adapters);
    }

    [Fact]
    public void ParameterCount_OfAnAdapterWhoseModelWasDisposed_IsRefused()
    {
        Adapter adapter = _model.Adapters["a"];
        _model.Dispose();

        Assert.Equal("PEFT708", Assert.Throws<PeftException>(() => adapter.ParameterCount).Id);
    }

    [Fact]
    public void Dispose_OfTheModelWithinDisabledOrATurn_LeavesNothingToRestore()
    {
        using (_model.Adapters.Disabled())
        {
            using ModelTurn turn = _model.BeginTurn("b");
            _model.Dispose();
        }

        Assert.Equal("PEFT708", Assert.Throws<PeftException>(() => _model.forward(TinyModels.Ids())).Id);
    }
}
