namespace Peft.Declarative.Generators.Parse;

/// <summary>Metadata names of the types that declarations are made of.</summary>
internal static class KnownNames
{
    internal const string Library = "Peft.Declarative";
    internal const string Training = Library + ".TrainingAttribute";
    internal const string BaseConfig = Library + ".BaseConfigAttribute";
    internal const string Budget = Library + ".BudgetAttribute";
    internal const string Quantize = Library + ".QuantizeAttribute";
    internal const string App = Library + ".PeftAppAttribute";
    internal const string Slot = Library + ".SlotAttribute";
    internal const string Sublayer = Library + ".SublayerAttribute";
    internal const string Blocks = Library + ".BlocksAttribute";
    internal const string TrainedHead = Library + ".TrainedHeadAttribute";
    internal const string KeyValueSize = Library + ".KeyValueSizeAttribute";
    internal const string SizeOutsideSlots = Library + ".SizeOutsideSlotsAttribute";
    internal const string AttentionSize = Library + ".AttentionSizeAttribute";
    internal const string DefaultTargets = Library + ".DefaultTargetsAttribute";
    internal const string AdapterSet = Library + ".AdapterSet";
    internal const string Handle = Library + ".Adapter";
    internal const string Adapter = Library + ".AdapterAttribute";
    internal const string CausalLanguageModel = Library + ".CausalLanguageModel";
    internal const string PretrainedModel = Library + ".PretrainedModel";
    internal const string EncoderDecoderModel = Library + ".EncoderDecoderModel";
    internal const string ModelConfig = Library + ".ModelConfig";
    internal const string AppConsole = Library + ".App.PeftConsole";
    internal const string Layers = Library + ".Layers";
    internal const string MicroBatch = "MicroBatch";
    internal const string TorchModules = "TorchSharp.Modules";
    internal const string ComponentName = "TorchSharp.Utils.ComponentNameAttribute";
    internal const string Module = "TorchSharp.torch.nn.Module";
    internal const string TensorModule = "TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>";
}
