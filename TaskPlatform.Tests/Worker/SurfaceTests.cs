using Microsoft.CodeAnalysis.CSharp;
using TaskPlatform.Worker.Fixing;

namespace TaskPlatform.Tests.Worker;

public sealed class SurfaceTests
{
    [Theory]
    [InlineData("class A { int F() { return 1; } }", "class A { int F() { return 2; } }")]
    [InlineData("class A { public int F() => 1; }", "class A { public int F() => 2; }")]
    [InlineData("class A { private int f = 1; }", "class A { private readonly int f = 1; }")]
    [InlineData("class A { string T() => \"\"; }", "class A { static string T() => \"\"; }")]
    [InlineData("class A { public int P { get; } = 1; }", "class A { public int P { get; } = 2; }")]
    [InlineData("/// <summary>a</summary>\nclass A;", "class A;")]
    public void Of_WhatOtherFilesCannotSee_IsTheSame(string before, string after) => Assert.Equal(Of(before), Of(after));

    [Theory]
    [InlineData("class A { public int F() => 1; }", "class A { public long F() => 1; }")]
    [InlineData("class A { public string T() => \"\"; }", "class A { public static string T() => \"\"; }")]
    [InlineData("class A { internal int f = 1; }", "class A { internal readonly int f = 1; }")]
    [InlineData("class A { public const int C = 1; }", "class A { public const int C = 2; }")]
    [InlineData("class A { public void F(int a = 1) { } }", "class A { public void F(int a = 2) { } }")]
    [InlineData("enum E { A = 1 }", "enum E { A = 2 }")]
    [InlineData("class A { }", "sealed class A { }")]
    [InlineData("[Old] class A { }", "class A { }")]
    [InlineData("partial class A { int f; }", "partial class A { readonly int f; }")]
    [InlineData("interface I { int F(); }", "interface I { static int F(); }")]
    [InlineData("class A : I { int I.F() => 1; }", "class A : I { long I.F() => 1; }")]
    public void Of_WhatOtherFilesMaySee_Differs(string before, string after) => Assert.NotEqual(Of(before), Of(after));

    private static string Of(string code) => Surface.Of(CSharpSyntaxTree.ParseText(code).GetRoot(TestContext.Current.CancellationToken));
}
