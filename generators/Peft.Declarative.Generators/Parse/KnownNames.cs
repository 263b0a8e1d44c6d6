namespace Peft.Declarative.Generators.Parse;

/// <summary>The metadata names of the types in declarations.</summary>
internal static class KnownNames
{
    internal const string Library = "Peft.Declarative";
    internal const string AdapterSet = Library + ".AdapterSet";
    internal const string Handle = Library + ".Adapter";
    internal const string CausalLanguageModel = Library + ".CausalLanguageModel";
    internal const string PretrainedModel = Library + ".PretrainedModel";
    internal const string EncoderDecoderModel = Library + ".EncoderDecoderModel";
    internal const string ModelConfig = Library + ".ModelConfig";
    internal const string AppConsole = Library + ".App.PeftConsole";
    internal const string Server = Library + ".PeftServer";
    internal const string TorchModules = "TorchSharp.Modules";
    internal const string ComponentName = "TorchSharp.Utils.ComponentNameAttribute";
    internal const string Module = "TorchSharp.torch.nn.Module";
    internal const string TensorModule = "TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>";
}
