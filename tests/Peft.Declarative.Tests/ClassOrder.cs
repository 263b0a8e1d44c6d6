using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Peft.Declarative.Tests.ClassOrder", "Peft.Declarative.Tests")]

namespace Peft.Declarative.Tests;

/// <summary>
/// Classes in the order of their names, where xUnit would take another one in each run. libtorch's random generator belongs to the process, so that what a test
/// draws without a seed of its own depends on the tests before it.
/// </summary>
public sealed class ClassOrder : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
