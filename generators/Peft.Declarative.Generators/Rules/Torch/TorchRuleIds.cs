namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>Ids of the rules about TorchSharp itself, which hold for every program that uses it.</summary>
internal static class TorchRuleIds
{
    internal const string DeviceOfInput = "TORCH001";
    internal const string ReadBack = "TORCH002";
    internal const string LoopWithoutScope = "TORCH003";
    internal const string ScopeDisposesResult = "TORCH004";
    internal const string AwaitInScope = "TORCH005";
    internal const string CallForward = "TORCH006";
    internal const string NotAParameter = "TORCH007";
    internal const string NotRegistered = "TORCH008";
    internal const string ScalarNotKept = "TORCH009";
}
