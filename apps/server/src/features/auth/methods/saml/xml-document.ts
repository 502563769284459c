import { DOMParser } from '@xmldom/xmldom'

/** Why a text was not read as XML. */
export class XmlProblem extends Error {
  readonly kind: 'malformed' | 'unsafe'

  constructor(kind: 'malformed' | 'unsafe', cause?: unknown) {
    super(kind === 'unsafe' ? 'The XML holds definitions, instructions or comments.' : 'This is not XML.', { cause })
    this.name = 'XmlProblem'
    this.kind = kind
  }
}

/** The part of the DOM that is used here; the parser knows it from its own types only. */
export type XmlElement = Element
export type XmlDocument = Document

const COMMENT_NODE = 8
const PROCESSING_INSTRUCTION_NODE = 7
const DOCUMENT_TYPE_NODE = 10
const MAX_DEPTH = 60

/**
 * Reads XML of which every mistake counts. Definitions (which can read files and grow without end), processing
 * instructions and comments (at which some readers stop, so that a name loses its end) are refused, `comments: true`
 * lets the last pass.
 */
export function parseXml(text: string, allow: { readonly comments: boolean } = { comments: false }): XmlDocument {
  // Before the parser sees it: entities are opened while reading.
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new XmlProblem('unsafe')
  const fail = (message: string): never => {
    throw new XmlProblem('malformed', message)
  }
  let document: XmlDocument
  try {
    document = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(
      text,
      'text/xml',
    )
  } catch (error) {
    throw error instanceof XmlProblem ? error : new XmlProblem('malformed', error)
  }
  if (!document?.documentElement) throw new XmlProblem('malformed')
  requireHarmless(document, allow.comments, 0)
  return document
}

function requireHarmless(node: Node, allowsComments: boolean, depth: number): void {
  if (depth > MAX_DEPTH) throw new XmlProblem('unsafe')
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const { nodeType } = child
    const isDeclaration = nodeType === PROCESSING_INSTRUCTION_NODE && child.nodeName === 'xml'
    if (nodeType === DOCUMENT_TYPE_NODE || (nodeType === PROCESSING_INSTRUCTION_NODE && !isDeclaration)) {
      throw new XmlProblem('unsafe')
    }
    if (nodeType === COMMENT_NODE && !allowsComments) throw new XmlProblem('unsafe')
    requireHarmless(child, allowsComments, depth + 1)
  }
}

/** Every element of the name at whatever depth, the root included. */
export function findAll(document: XmlDocument, localName: string): XmlElement[] {
  return Array.from(document.getElementsByTagNameNS('*', localName))
}

/** The direct children with the name. */
export function childrenOf(parent: XmlElement, namespace: string, localName: string): XmlElement[] {
  const found: XmlElement[] = []
  for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
    const isElement = child.nodeType === 1
    const element = child as XmlElement
    if (isElement && element.localName === localName && element.namespaceURI === namespace) found.push(element)
  }
  return found
}

/** The only direct child with the name; null when there is none, or more than one. */
export function onlyChildOf(parent: XmlElement, namespace: string, localName: string): XmlElement | null {
  const [found, ...more] = childrenOf(parent, namespace, localName)
  return found === undefined || more.length > 0 ? null : found
}

/** An attribute's value; null when the element has none of that name. */
export function attributeOf(element: XmlElement, name: string): string | null {
  return element.hasAttribute(name) ? element.getAttribute(name) : null
}

/** The text in an element, without the space around it. */
export function textOf(element: XmlElement | null): string {
  return element?.textContent?.trim() ?? ''
}
