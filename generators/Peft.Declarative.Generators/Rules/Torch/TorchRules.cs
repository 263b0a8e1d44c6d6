using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Rules.Torch;

/// <summary>The rules about TorchSharp. They speak up where they are sure, and pass over what may be meant.</summary>
internal static class TorchRules
{
    internal static readonly DiagnosticDescriptor DeviceOfInput = Rule(
        TorchRuleIds.DeviceOfInput, "Tensor on another device than the input", "'{0}' makes a tensor on the CPU, while '{1}' may be on a GPU. Pass 'device: {1}.device'.");

    internal static readonly DiagnosticDescriptor ReadBack = Rule(
        TorchRuleIds.ReadBack, "Value read back in a training step", "'{0}' waits for the device in every step of this loop. Read the value every so many steps, or behind the loop.", DiagnosticSeverity.Info);

    internal static readonly DiagnosticDescriptor LoopWithoutScope = Rule(
        TorchRuleIds.LoopWithoutScope, "Tensors of a loop outside of dispose scopes", "Each round of this loop makes tensors (such as '{0}') that nothing disposes. Begin it with 'using var scope = torch.NewDisposeScope();'.");

    internal static readonly DiagnosticDescriptor ScopeDisposesResult = Rule(
        TorchRuleIds.ScopeDisposesResult, "Result is disposed with its scope", "'{0}' is disposed at the end of the scope that it is made in, before the caller gets it. Return '{0}.MoveToOuterDisposeScope()'.");

    internal static readonly DiagnosticDescriptor AwaitInScope = Rule(
        TorchRuleIds.AwaitInScope, "Await inside of a scope", "'{0}' belongs to the thread, and after 'await' another thread may go on. End the scope before the await, or wait without it.");

    internal static readonly DiagnosticDescriptor CallForward = Rule(
        TorchRuleIds.CallForward, "Child called by forward", "'{0}.forward' passes over the hooks of '{0}'. Write '{0}.call'.");

    internal static readonly DiagnosticDescriptor NotAParameter = Rule(
        TorchRuleIds.NotAParameter, "Tensor where a parameter was meant", "'{0}' asks for gradients but is a Tensor, which its module registers as a buffer, so no optimizer sees it. Make it a 'Parameter'.");

    internal static readonly DiagnosticDescriptor NotRegistered = Rule(
        TorchRuleIds.NotRegistered, "Module is not registered", "'{0}' is made here and never registered, so its weights are not among those of '{1}': they are not trained, saved or moved. Call RegisterComponents() in the constructor.");

    internal static readonly DiagnosticDescriptor ScalarNotKept = Rule(
        TorchRuleIds.ScalarNotKept, "Scalar may be collected during the call", "Nothing keeps '{0}' alive while the script runs, so that the garbage collector may free it. Put it into a 'using Scalar' variable before the call.");

    internal static ImmutableArray<DiagnosticDescriptor> All { get; } =
        [DeviceOfInput, ReadBack, LoopWithoutScope, ScopeDisposesResult, AwaitInScope, CallForward, NotAParameter, NotRegistered, ScalarNotKept];

    private static DiagnosticDescriptor Rule(string id, string title, string text, DiagnosticSeverity severity = DiagnosticSeverity.Warning, [CallerMemberName] string name = "") =>
        new(id, title, text, "TorchSharp", severity, isEnabledByDefault: true, helpLinkUri: $"{RuleCatalog.Pages}{id}.{name}/README.md");
}
