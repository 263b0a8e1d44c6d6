namespace MethodStudy.Study;

/// <summary>A method on a base of one size.</summary>
/// <param name="Base">Name of the base.</param>
/// <param name="Measured">What came of it.</param>
internal sealed record SizeResult(string Base, Measurement Measured);
