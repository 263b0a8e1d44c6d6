namespace Peft.Declarative.Generators.Emit;

/// <summary>What all layers of an adapter share: made once before they are, and handed to each.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">What its variable and the parameters are called.</param>
/// <param name="Value">The expression that makes it.</param>
/// <param name="Reason">A comment beside that.</param>
internal sealed record SharedValue(string Type, string Name, string Value, string Reason);
